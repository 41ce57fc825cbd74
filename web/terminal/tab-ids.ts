/** The ids by which a tab and its panel name each other. */
import type { ConsoleId } from "../../contract/protocol";

export const tabDomId = (console: ConsoleId): string => `terminal-tab-${console}`;
export const panelDomId = (console: ConsoleId): string => `terminal-panel-${console}`;
