/** What the course needs of the rest of the page. */
import type { MachineClient } from "../../vm/machine-client";
import type { TerminalNumber } from "../format/model";

export type MachineDoor = Pick<
  MachineClient,
  "getSnapshot" | "subscribe" | "isTouched" | "lesson" | "onStep" | "restart"
>;

/** `busy`: a program runs there, and what is typed would go to it. */
type TypedInto = "typed" | "busy";

/** The learner's own terminals. */
export interface TerminalDoor {
  /** Shows the terminal and types a command with its Enter. `inside`: also when it is not at its prompt. */
  type(command: string, terminal: TerminalNumber, inside: boolean): TypedInto;
  /** Shows the terminal and sends what keys send. */
  press(bytes: readonly string[], terminal: TerminalNumber): void;
  /** Puts the keyboard there. */
  focus(): void;
}

/** What is kept between visits. */
export interface ProgressStorage {
  read(): Promise<unknown>;
  write(value: object): Promise<void>;
}

/** A moment of a step that the machine can be taken back to: when it was ready for the step, or when the step was passed. */
export interface StepPoint {
  readonly kind: "step-start" | "step-end";
  readonly lesson: string;
  readonly step: string;
  /** What filled the lesson's placeholders. */
  readonly values: Readonly<Record<string, string>>;
}

/** Points in time that the machine can be taken back to, if it can. Neither method rejects. */
export interface PointDoor {
  has(point: StepPoint): boolean;
  /** Leaves a point behind, with the page as it is. `title` is what it is called. */
  leave(point: StepPoint, title: string): Promise<void>;
  /** Takes the machine, the terminals and the lesson back; false when that could not be done. */
  goBack(point: StepPoint): Promise<boolean>;
  /** Calls `listener` whenever `has` may have another answer. */
  subscribe(listener: () => void): () => void;
}
