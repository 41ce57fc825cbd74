/** The learner's terminals as a lesson uses them: commands are typed there, and nowhere else. */
import type { ConsoleId } from "../../../contract/protocol";
import type { TerminalDoor } from "../../course";
import type { TerminalSessions } from "../../terminal";

export function terminalDoor(sessions: TerminalSessions): TerminalDoor {
  const console = (terminal: number): ConsoleId => (terminal - 1) as ConsoleId;
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
    },
    focus: () => sessions.active.focus(),
  };
}
