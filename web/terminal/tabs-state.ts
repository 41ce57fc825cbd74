/** Which of the guest's consoles have a tab. Closing a tab hides it: its shell goes on, and so does its scrollback. */
import { CONSOLE_COUNT, type ConsoleId } from "../../contract/protocol";

export interface TabsState {
  /** In the order of the tabs; never empty. */
  readonly open: readonly ConsoleId[];
  readonly active: ConsoleId;
  /** Tabs out of sight that have got output since they were last shown. */
  readonly unread: readonly ConsoleId[];
}

export const FIRST_TAB: TabsState = { open: [0], active: 0, unread: [] };

const CONSOLES: readonly ConsoleId[] = [0, 1, 2];

export function canOpenTab(state: TabsState): boolean {
  return state.open.length < CONSOLE_COUNT;
}

/** Opens the lowest console that has no tab, and shows it. */
export function openTab(state: TabsState): TabsState {
  const next = CONSOLES.find((console) => !state.open.includes(console));
  return next === undefined ? state : showTab(state, next);
}

/** Shows a console's tab; opens it first when it is not open. */
export function showTab(state: TabsState, console: ConsoleId): TabsState {
  if (state.active === console && state.open.includes(console)) return state;
  const open = state.open.includes(console) ? state.open : [...state.open, console].sort((a, b) => a - b);
  return { open, active: console, unread: state.unread.filter((other) => other !== console) };
}

/** Closes a tab and shows its right neighbour, or else its left one. The last tab stays. */
export function closeTab(state: TabsState, console: ConsoleId): TabsState {
  const index = state.open.indexOf(console);
  if (index === -1 || state.open.length === 1) return state;
  const open = state.open.filter((other) => other !== console);
  const closed = { ...state, open, unread: state.unread.filter((other) => other !== console) };
  const neighbour = open[Math.min(index, open.length - 1)];
  return state.active === console && neighbour !== undefined ? showTab(closed, neighbour) : closed;
}

/** Notes that a console has written something. */
export function markOutput(state: TabsState, console: ConsoleId): TabsState {
  if (state.active === console || !state.open.includes(console) || state.unread.includes(console))
    return state;
  return { ...state, unread: [...state.unread, console] };
}
