/**
 * The marks that the guest's shells write for their terminal (OSC 133): B after the prompt, C when a command begins.
 * Found in the bytes of a console, however they are cut.
 */
export type PromptMark = "prompt" | "command";

const INTRODUCER = [0x1b, 0x5d, 0x31, 0x33, 0x33, 0x3b];
const MARKS: Readonly<Record<number, PromptMark>> = { 0x42: "prompt", 0x43: "command" };

export class PromptMarks {
  #matched = 0;

  /** The marks in these bytes, in order. */
  push(bytes: Uint8Array): PromptMark[] {
    const found: PromptMark[] = [];
    // Most output has no escape at all: that is found out natively.
    if (this.#matched === 0 && !bytes.includes(0x1b)) return found;
    for (const byte of bytes) {
      if (this.#matched === INTRODUCER.length) {
        const mark = MARKS[byte];
        if (mark !== undefined) found.push(mark);
        this.#matched = 0;
      }
      if (byte === INTRODUCER[this.#matched]) this.#matched++;
      else this.#matched = byte === INTRODUCER[0] ? 1 : 0;
    }
    return found;
  }
}
