/** Brings in the terminals' code, which is as large as the rest of the page, while the machine is loading. */
import { lazy, type ComponentType } from "react";
import { DrydockError, messageOf } from "../../../contract/errors";
import type { FollowShells, TerminalPaneProps, TerminalSessions as Sessions } from "../../terminal";
import type { MachineClient } from "../../vm/machine-client";

export interface LoadedTerminals {
  readonly Terminals: ComponentType<TerminalPaneProps>;
  /** Begins to load them; they begin to take the consoles' output once they are there. */
  readonly preload: () => void;
  /** The terminals, once their code is there. */
  readonly sessions: () => Sessions | undefined;
}

/**
 * @param look asked when the code has come
 * @param shells who follows what is typed at the shells' prompts
 */
export function loadTerminals(
  machine: MachineClient,
  look: () => TerminalPaneProps["look"],
  shells: FollowShells,
): LoadedTerminals {
  let known: Sessions | undefined;
  const load = async (): Promise<{ default: ComponentType<TerminalPaneProps> }> => {
    const { TerminalPane, TerminalSessions } = await import("../../terminal").catch((cause: unknown) => {
      throw new DrydockError("network", messageOf(cause), { subject: "terminal", cause });
    });
    const sessions = new TerminalSessions(machine, look());
    sessions.onShell(shells);
    known = sessions;
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
