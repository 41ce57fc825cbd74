/** The learner's terminals as a lesson uses them: commands are typed there, and nowhere else. */
import type { ConsoleId } from "../../worker/protocol";
import type { TerminalSessions } from "../terminal";

/** As `TerminalDoor` of the course, which the terminals do not know. */
export interface LessonTerminals {
  type(command: string, terminal: 1 | 2 | 3, inside: boolean): "typed" | "busy" | "away";
  press(bytes: readonly string[], terminal: 1 | 2 | 3): "typed" | "busy" | "away";
  focus(): void;
}

export function terminalDoor(sessions: TerminalSessions): LessonTerminals {
  const console = (terminal: 1 | 2 | 3): ConsoleId => (terminal - 1) as ConsoleId;
  return {
    type: (command, terminal, inside) => {
      const session = sessions.session(console(terminal));
      sessions.show(console(terminal));
      if (!inside && !session.atPrompt) return "busy";
      session.enterCommand(command);
      return "typed";
    },
    press: (bytes, terminal) => {
      sessions.show(console(terminal));
      sessions.session(console(terminal)).sendKeys(bytes);
      return "typed";
    },
    focus: () => sessions.active.focus(),
  };
}
