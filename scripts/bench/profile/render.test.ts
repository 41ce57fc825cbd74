import { expect, it } from "vitest";
import { PARTS, type PartSeconds } from "./cpu-profile";
import type { ProfiledStep } from "./profile";
import { renderProfile } from "./render";

it("tells of each command what it did, in guest and host", () => {
  const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as PartSeconds;
  const step: ProfiledStep = {
    name: "ps-first",
    command: "docker ps",
    seconds: 6.1,
    instructions: 77.4e6,
    system: { contextSwitches: 540, forks: 30, interrupts: 99, faults: 980, majorFaults: 12 },
    processes: Array.from({ length: 10 }, (_, at) => ({ name: `p${at}`, ticks: 10 - at, faults: at })),
    ended: [
      { name: "docker", tasks: 9, processes: 2, executed: 1, seconds: 1.25, faults: 800, switches: 70 },
    ],
    jit: { modules: 86, bytes: 3.9e6, held: 900 },
    host: {
      threads: { main: 5.5, others: 3.25 },
      parts: { ...parts, interpreter: 3, "compiled code": 1 },
    },
  };
  const text = renderProfile([step]);
  expect(text).toMatch(/^ps-first +6\.10 +77 +30 +540 +99 +980 +12 +86 +3\.9 +900$/m);
  expect(text).toMatch(/^ps-first +5\.50 +3\.25 +25\.0 +75\.0 +0\.0 /m);
  expect(text).toMatch(/^ps-first: docker 1250 \(2, 1; 800; 70\)$/m);
  expect(text).toMatch(/^ps-first: p0 100 \(0\), .*p7 30 \(7\), 2 more$/m);
});
