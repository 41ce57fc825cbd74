/** The machine for React: one client for the page, handed down, and its status as an external store. */
import { createContext, use, type ReactElement, type ReactNode } from "react";
import { useSnapshot } from "../store";
import type { MachineClient, MachineSnapshot } from "./machine-client";

const MachineContext = createContext<MachineClient | undefined>(undefined);

export function MachineProvider(props: {
  readonly machine: MachineClient;
  readonly children: ReactNode;
}): ReactElement {
  return <MachineContext value={props.machine}>{props.children}</MachineContext>;
}

export function useMachine(): MachineClient {
  const machine = use(MachineContext);
  if (machine === undefined) throw new Error("useMachine needs a MachineProvider above it");
  return machine;
}

export function useMachineSnapshot(): MachineSnapshot {
  return useSnapshot(useMachine());
}
