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
