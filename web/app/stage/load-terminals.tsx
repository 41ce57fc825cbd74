/** Brings in the terminals' code, which is as large as the rest of the page, while the machine is loading. */
import { lazy, type ComponentType } from "react";
import { DrydockError, messageOf } from "../../../contract/errors";
import type { TerminalPaneProps, TerminalSessions as Sessions } from "../../terminal";
import type { MachineClient } from "../../vm/machine-client";
import { readPlace } from "./page-place";

export interface LoadedTerminals {
  readonly Terminals: ComponentType<TerminalPaneProps>;
  /** Begins to load them; they begin to take the consoles' output once they are there. */
  readonly preload: () => void;
  /** The terminals, once their code is there. */
  readonly sessions: () => Sessions | undefined;
}

/** `look` is asked when the code has come, and `onLoad` told. */
export function loadTerminals(
  machine: MachineClient,
  look: () => TerminalPaneProps["look"],
  onLoad: (sessions: Sessions) => void,
): LoadedTerminals {
  let known: Sessions | undefined;
  const load = async (): Promise<{ default: ComponentType<TerminalPaneProps> }> => {
    const { TerminalPane, TerminalSessions } = await import("../../terminal").catch((cause: unknown) => {
      throw new DrydockError("network", messageOf(cause), { subject: "terminal", cause });
    });
    const sessions = new TerminalSessions(machine, look(), (place) => readPlace(place)?.terminals);
    known = sessions;
    onLoad(sessions);
    return { default: (props) => <TerminalPane {...props} sessions={sessions} /> };
  };
  let loading: ReturnType<typeof load> | undefined;
  const loadOnce = (): ReturnType<typeof load> => (loading ??= load());
  return {
    Terminals: lazy(loadOnce),
    sessions: () => known,
    preload: () => {
      // A failure is met, and shown, where the terminals are drawn.
      loadOnce().catch(() => undefined);
    },
  };
}
