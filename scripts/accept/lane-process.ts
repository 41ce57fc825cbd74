/** A lane in a process of its own: its parent sends ids of cases, and gets progress and results. */
import { z } from "zod";
import { CASES } from "./cases";
import { Lane } from "./lane";
import type { LaneMessage } from "./lane-messages";

const [guestFolder] = process.argv.slice(2);
if (guestFolder === undefined || process.send === undefined) {
  throw new Error("lane-process is started by scripts/accept.ts");
}

const tell = (message: LaneMessage): void => {
  process.send?.(message);
};

const lane = new Lane(guestFolder, (text) => tell({ kind: "progress", text }));

process.on("message", (message: unknown) => {
  const id = z.string().parse(message);
  const found = CASES.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no case "${id}"`);
  lane.run(found).then(
    ({ seconds, failure }) => tell({ kind: "result", id, seconds, failure }),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on("disconnect", () => process.exit(0));
