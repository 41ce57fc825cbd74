/** What it takes to keep a machine: the bytes of saves, how long the guest stands still for one, and a point back. */
import { leaveFor } from "../../worker/machine/checkpoint/checkpoint";
import { Machine } from "../../worker/machine/machine";
import { readManifest } from "../../worker/node/chunk-folder";
import { SessionKeeper } from "../../worker/session-keeper";
import { stateOf } from "../../worker/session-state";
import { lonelyLocks, MemoryFiles } from "../../worker/sessions/memory-files";
import { SessionStore } from "../../worker/sessions/store";
import type { Figure, Measurement } from "./figure";
import { runInGuest } from "./run-in-guest";

const MEBIBYTE = 1024 * 1024;
/** What is saved, in this order; each save comes after what is run before it. */
const STAGES: readonly { readonly name: string; readonly commands: readonly string[] }[] = [
  { name: "boot", commands: [] },
  {
    name: "containers",
    commands: [
      "docker run --rm busybox echo hello",
      "docker run -d --name web -p 8080:80 busybox httpd -f -h /etc",
      "printf 'FROM busybox\\nRUN echo built >/word\\n' | docker build -q -t word -",
    ],
  },
  { name: "pull", commands: ["docker pull -q nginx"] },
];

export const keptMachine: Figure = {
  name: "kept-machine",
  about: "bytes of a save after boot, after containers and after a pull; hold; a restore point back",
  async run({ openMachine, guestFolder, say }) {
    const manifest = await readManifest(guestFolder);
    let machine = await openMachine();
    try {
      const shipped = { base: machine.base, disk: machine.disk.base, overlay: machine.disk.overlay };
      const store = new SessionStore(new MemoryFiles(), lonelyLocks());
      const session = { id: crypto.randomUUID(), createdAt: Date.now() };
      const keeper: SessionKeeper = new SessionKeeper({
        store,
        machine,
        manifest,
        session,
        onMark: (id) => keeper.pagePart(id, { terminals: [], text: "", place: "" }),
      });
      const measurements: Measurement[] = [];
      for (const { name, commands } of STAGES) {
        for (const command of commands) await runInGuest(machine, command);
        say(`a save after ${name}`);
        const began = performance.now();
        const point = { label: name, kind: "command" };
        const { holdMs, addedBytes, bytes } = await keeper.save({ reason: "asked", point });
        const took = ((performance.now() - began) / 1000).toFixed(1);
        measurements.push(
          {
            name: `save-bytes-${name}`,
            value: addedBytes / MEBIBYTE,
            unit: "MiB",
            note: `${(bytes / MEBIBYTE).toFixed(1)} MiB in all, written in ${took} s beside the guest`,
          },
          { name: `save-hold-${name}`, value: holdMs, unit: "ms" },
        );
      }
      const entry = await store.find(session.id);
      const [first] = entry.points.slice(1);
      if (first === undefined) throw new Error("there is no restore point");
      const began = performance.now();
      const { body } = await store.load(first.save);
      const loaded = performance.now();
      machine = new Machine(await leaveFor(stateOf(body, shipped, store.bank), machine));
      const moved = performance.now();
      await machine.start();
      const ended = performance.now();
      const parts = [loaded - began, moved - loaded, ended - moved].map((ms) => ms.toFixed(0)).join(" + ");
      const note = `read, move, until the agent answers: ${parts} ms`;
      measurements.push({ name: "point-back", value: (ended - began) / 1000, unit: "s", note });
      await runInGuest(machine, "docker run --rm busybox true");
      return measurements;
    } finally {
      await machine.destroy();
    }
  },
};
