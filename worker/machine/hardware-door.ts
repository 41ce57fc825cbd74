/**
 * What the host has for the guest, frames and keys and sizes, only while the guest runs: a state that is taken or left
 * while it stands still must not change under the hands of whoever takes it.
 */
import type { ConsoleHardware } from "./console-port";
import type { Emulator } from "./emulator/emulator";

type Hardware = ConsoleHardware & Pick<Emulator, "onFrame" | "sendFrame">;

export class HardwareDoor implements Hardware {
  readonly #hardware: Hardware;
  #open = false;
  /** Of consoles whose size changed meanwhile. */
  readonly #sizes = new Map<number, readonly [columns: number, rows: number]>();

  /** Closed. */
  constructor(hardware: Hardware) {
    this.#hardware = hardware;
  }

  open(): void {
    this.#open = true;
    for (const [port, [columns, rows]] of this.#sizes) this.#hardware.resizeConsole(port, columns, rows);
    this.#sizes.clear();
  }

  close(): void {
    this.#open = false;
  }

  /** False while it is closed: whoever types looks again. */
  canTakeConsoleInput(port: number): boolean {
    return this.#open && this.#hardware.canTakeConsoleInput(port);
  }

  sendConsoleInput(port: number, bytes: Uint8Array): void {
    this.#hardware.sendConsoleInput(port, bytes);
  }

  onConsoleOutput(port: number, listener: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    this.#hardware.onConsoleOutput(port, listener);
  }

  /** The last size waits until the guest runs. */
  resizeConsole(port: number, columns: number, rows: number): void {
    if (this.#open) this.#hardware.resizeConsole(port, columns, rows);
    else this.#sizes.set(port, [columns, rows]);
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#hardware.onFrame(listener);
  }

  /** False while it is closed, as for a guest without a buffer. */
  sendFrame(frame: Uint8Array): boolean {
    return this.#open && this.#hardware.sendFrame(frame);
  }
}
