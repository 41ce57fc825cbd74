/**
 * What both ends of the RPC share beside the contract, where comlink does not know enough:
 *
 * - It keeps only an error's name, message and stack. Here errors cross by `serialiseError`/`parseError`, so that a
 *   `DrydockError` arrives as a `DrydockError` with its code and subject.
 * - It copies what is not marked. Here ports and byte arrays that are parameters or results are moved.
 * - It lets the other end reach for anything on what is exposed. Here it reaches methods and groups of methods, and
 *   whatever else it asks for is named in a `bad-request`.
 *
 * The worker's entry must call `exposeMachine` while its module is evaluated, without a top-level await before it:
 * the browser delivers the first message as soon as the evaluation is over.
 */
import * as comlink from "comlink";
import { DrydockError, parseError, serialiseError } from "../contract/errors";
import type { MachineRpc, Remote } from "../contract/protocol";

const THROW_HANDLER = "throw";

/** comlink hands over what was thrown as `{ value }`, marked by a symbol that it does not export. */
interface Thrown {
  readonly value: unknown;
}

/** Makes errors keep their code, and what can be moved move, in this realm. Calling it again changes nothing. */
export function installTransfers(): void {
  const original = comlink.transferHandlers.get(THROW_HANDLER);
  if (original === undefined) throw new Error("comlink has no handler for thrown values");
  const thrown: comlink.TransferHandler<Thrown, unknown> = {
    // Only comlink's own handler knows the mark of a thrown value.
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize: ({ value }) => [serialiseError(value), []],
    deserialize: (value) => {
      throw parseError(value);
    },
  };
  const port: comlink.TransferHandler<MessagePort, MessagePort> = {
    canHandle: (value) => value instanceof MessagePort,
    serialize: (value) => [value, [value]],
    deserialize: (value) => value,
  };
  const bytes: comlink.TransferHandler<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> = {
    canHandle: (value): value is Uint8Array<ArrayBuffer> =>
      value instanceof Uint8Array && value.buffer instanceof ArrayBuffer,
    serialize: (value) => [value, [value.buffer]],
    deserialize: (value) => value,
  };
  comlink.transferHandlers.set(THROW_HANDLER, thrown);
  comlink.transferHandlers.set("port", port);
  comlink.transferHandlers.set("bytes", bytes);
}

/** The worker's end: answers the page's calls on `endpoint` from `rpc`. */
export function exposeMachine(rpc: MachineRpc, endpoint: comlink.Endpoint): void {
  expose(rpc, endpoint);
}

/** The same for another worker's service. */
export function expose(service: object, endpoint: comlink.Endpoint): void {
  installTransfers();
  comlink.expose(onlyMethods(service, []), endpoint);
}

/**
 * The page's end: what the worker exposes, called over `endpoint`. The calls reject with `DrydockError`. comlink never
 * rejects them when the other end dies: the page must see to that itself.
 */
export function wrapMachine(endpoint: comlink.Endpoint): Remote<MachineRpc> {
  return wrap<MachineRpc>(endpoint);
}

/** The same for another worker's service. */
export function wrap<Service>(endpoint: comlink.Endpoint): Remote<Service> {
  installTransfers();
  return comlink.wrap<Service>(endpoint) as unknown as Remote<Service>;
}

/** `service` with its methods and groups, and nothing else: neither its other fields nor what every object has. */
function onlyMethods(service: object, path: readonly string[]): object {
  return new Proxy(service, {
    get(object, name) {
      const here = [...path, String(name)];
      const member: unknown = name in Object.prototype ? undefined : Reflect.get(object, name, object);
      if (typeof member === "function") return member.bind(object) as unknown;
      if (typeof member === "object" && member !== null) return onlyMethods(member, here);
      throw new DrydockError("bad-request", `the worker has no ${here.join(".")}`);
    },
    set: () => false,
  });
}
