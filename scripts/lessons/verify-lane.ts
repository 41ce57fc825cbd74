/** A process that proves lessons, one at a time: its parent sends ids, and gets proofs and an end for each. */
import { z } from "zod";
import { messageOf } from "../../contract/errors";
import { compileCourse } from "../../web/course/format/compile-course";
import { readCourse } from "./course-folder";
import { proofSchema } from "./proof";
import { proveLesson } from "./prove-lesson";

/** What the process says to its parent. */
export const laneMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("proof"), proof: proofSchema }),
  /** The lesson is over; `failure` when it could not even begin. */
  z.object({ kind: z.literal("end"), failure: z.string().optional() }),
]);
type LaneMessage = z.infer<typeof laneMessageSchema>;

const tell = (message: LaneMessage): void => void process.send?.(message);

async function prove(id: string, guestFolder: string, quick: boolean): Promise<void> {
  const { lessons } = compileCourse(await readCourse());
  const lesson = lessons.find((each) => each.id === id);
  if (lesson === undefined) throw new Error(`there is no lesson "${id}"`);
  await proveLesson(lesson, lessons, { guestFolder, quick }, (proof) => tell({ kind: "proof", proof }));
}

const [guestFolder, depth] = process.argv.slice(2);
if (guestFolder !== undefined && process.send !== undefined) {
  process.on("message", (message: unknown) => {
    prove(z.string().parse(message), guestFolder, depth === "quick").then(
      () => tell({ kind: "end" }),
      (error: unknown) => tell({ kind: "end", failure: messageOf(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
