/** What the learner types at the terminals' prompts while a step is shown. */
import type { ConsoleId } from "../../../contract/protocol";
import type { TypedCommand } from "../format/mistakes";

/** More than any step asks for. */
const MAX_COMMANDS = 200;

export interface LearnersCommand extends TypedCommand {
  readonly console: ConsoleId;
}

/** With one more, which has just begun; the oldest give way. */
export function withCommand(
  commands: readonly LearnersCommand[],
  console: ConsoleId,
  text: string,
): readonly LearnersCommand[] {
  return [...commands, { console, text, ended: false }].slice(-MAX_COMMANDS);
}

/** The prompt is back there; the same array when nothing ran. */
export function withEnded(
  commands: readonly LearnersCommand[],
  console: ConsoleId,
): readonly LearnersCommand[] {
  const runs = (command: LearnersCommand): boolean => command.console === console && !command.ended;
  if (!commands.some(runs)) return commands;
  return commands.map((command) => (runs(command) ? { ...command, ended: true } : command));
}
