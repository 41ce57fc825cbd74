import { describe, expect, it } from "vitest";
import { eventSchema, type MachineEvent } from "./events";

const good: MachineEvent[] = [
  { type: "status", status: { kind: "idle" } },
  { type: "status", status: { kind: "loading", bytes: 1, total: 2, cached: 0 } },
  { type: "status", status: { kind: "restoring", pages: 1, total: 2 } },
  { type: "status", status: { kind: "booting" } },
  { type: "status", status: { kind: "ready" } },
  { type: "status", status: { kind: "paused" } },
  {
    type: "status",
    status: { kind: "failed", error: { code: "bad-chunk", message: "altered", subject: "abc" } },
  },
  { type: "console", console: 2, bytes: new Uint8Array([1, 2, 3]) },
  { type: "disk-fault", fault: { error: { code: "network", message: "away" } } },
  { type: "registry-failure", failure: { kind: "full", message: "no space left on device" } },
  { type: "prefetch", bytes: 5, total: 9 },
  { type: "ports", ports: [{ port: 8080, containerPort: 80, container: "web", image: "nginx" }] },
  { type: "session", session: { kind: "none" } },
  { type: "session", session: { kind: "unsaved", savedAt: 5 } },
  { type: "session", session: { kind: "saved", sessionId: "s", savedAt: 5, bytes: 9 } },
  {
    type: "session",
    session: { kind: "failed", savedAt: 5, error: { code: "no-room", message: "full" } },
  },
  { type: "save-mark", saveId: 3 },
  { type: "rewound", pointId: "p", place: "{}" },
  { type: "step", step: "a/b", result: { step: { state: "pass" }, checks: [{ state: "pass" }] } },
];

describe("an event", () => {
  it.each(good.map((event) => [JSON.stringify(event).slice(0, 60), event] as const))(
    "takes %s",
    (_name, event) => {
      expect(eventSchema.parse(event)).toMatchObject(event);
    },
  );

  it("keeps the very bytes, uncopied", () => {
    const bytes = new Uint8Array(10);
    const event = eventSchema.parse({ type: "console", console: 0, bytes });
    expect(event.type === "console" && event.bytes).toBe(bytes);
  });

  it("takes the end of a disk fault", () => {
    expect(eventSchema.parse({ type: "disk-fault", fault: undefined })).toEqual({
      type: "disk-fault",
      fault: undefined,
    });
  });

  it("makes a failure of unknown shape an internal one", () => {
    const event = eventSchema.parse({ type: "status", status: { kind: "failed", error: "boom" } });
    expect(event).toMatchObject({ status: { kind: "failed", error: { code: "internal" } } });
  });

  it.each([
    undefined,
    null,
    "ready",
    {},
    { type: "reboot" },
    { type: "session", session: { kind: "gone" } },
    { type: "session", session: { kind: "saved", sessionId: 7, savedAt: 5, bytes: 9 } },
    { type: "save-mark", saveId: 1.5 },
    { type: "rewound", place: "{}" },
    { type: "step", step: "a/b", result: { step: { state: "maybe" }, checks: [] } },
    { type: "status" },
    { type: "status", status: { kind: "running" } },
    { type: "status", status: { kind: "loading", bytes: "1", total: 2, cached: 0 } },
    { type: "status", status: { kind: "loading", bytes: -1, total: 2, cached: 0 } },
    { type: "status", status: { kind: "restoring", pages: Number.NaN, total: 2 } },
    { type: "status", status: "paused" },
    { type: "console", console: 3, bytes: new Uint8Array(1) },
    { type: "console", console: 0, bytes: [1, 2, 3] },
    { type: "console", console: 0, bytes: new Uint8Array(new SharedArrayBuffer(4)) },
    { type: "disk-fault", fault: 1 },
    { type: "registry-failure", failure: { kind: "empty", message: "" } },
    { type: "prefetch", bytes: 1 },
    { type: "ports", ports: undefined },
    { type: "ports", ports: [{ port: 0, containerPort: 80, container: "web", image: "nginx" }] },
    { type: "ports", ports: [{ port: "80", containerPort: 80, container: "web", image: "nginx" }] },
  ])("is not %j", (data) => {
    expect(eventSchema.safeParse(data).success).toBe(false);
  });
});
