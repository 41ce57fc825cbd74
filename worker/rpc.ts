/**
 * What both ends of the RPC share beside the contract: how a thrown error crosses it. comlink keeps only an error's
 * name, message and stack; `installErrorTransfer` replaces that by `serialiseError`/`parseError`, so that a
 * `DrydockError` arrives as a `DrydockError` with its code and subject.
 *
 * The worker's entry must call `exposeMachine` while its module is evaluated, without a top-level await before it:
 * the browser delivers the first message as soon as the evaluation is over.
 */
import * as comlink from "comlink";
import { parseError, serialiseError } from "../contract/errors";
import type { MachineRpc } from "../contract/protocol";

const THROW_HANDLER = "throw";

/** comlink hands over what was thrown as `{ value }`, marked by a symbol that it does not export. */
interface Thrown {
  readonly value: unknown;
}

/** Makes errors keep their code across comlink, in this realm. Calling it again changes nothing. */
export function installErrorTransfer(): void {
  const original = comlink.transferHandlers.get(THROW_HANDLER);
  if (original === undefined) throw new Error("comlink has no handler for thrown values");
  const handler: comlink.TransferHandler<Thrown, unknown> = {
    // Only comlink's own handler knows the mark of a thrown value.
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize: ({ value }) => [serialiseError(value), []],
    deserialize: (value) => {
      throw parseError(value);
    },
  };
  comlink.transferHandlers.set(THROW_HANDLER, handler);
}

/** The worker's end: answers the page's calls on `endpoint` from `machine`. */
export function exposeMachine(machine: MachineRpc, endpoint: comlink.Endpoint): void {
  installErrorTransfer();
  comlink.expose(machine, endpoint);
}

/**
 * The page's end: a machine whose methods are calls over `endpoint`. The calls reject with `DrydockError`. comlink never
 * rejects them when the other end dies: the page must see to that itself.
 */
export function wrapMachine(endpoint: comlink.Endpoint): MachineRpc {
  installErrorTransfer();
  return comlink.wrap<MachineRpc>(endpoint);
}

/** Marks `value` so that the next call or answer moves `transferables` instead of copying them. */
export function transfer<T>(value: T, transferables: Transferable[]): T {
  return comlink.transfer(value, transferables);
}
