/** The terminals' code, loaded while the machine is. */
export { TerminalPane, type TerminalPaneProps } from "./TerminalPane";
export { TerminalSessions, type FollowShells } from "./terminal-sessions";
