/** No pattern that is waited for matches more characters than this. */
const LONGEST_MATCH = 1000;

/** What a console wrote, as text to wait for. */
export class Screen {
  /** Everything since `clear`. */
  text = "";
  bytes = 0;
  readonly #decoder = new TextDecoder();
  readonly #waiting = new Set<() => void>();

  push(bytes: Uint8Array): void {
    this.bytes += bytes.byteLength;
    this.text += this.#decoder.decode(bytes, { stream: true });
    for (const look of [...this.#waiting]) look();
  }

  clear(): void {
    this.text = "";
  }

  /** Resolves with the match when the text has one. Rejects with the text when it has none for too long. */
  waitFor(pattern: RegExp, limitMs = 250_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let searched = 0;
      const look = (): void => {
        const match = pattern.exec(this.text.slice(Math.max(0, searched - LONGEST_MATCH)));
        searched = this.text.length;
        if (match === null) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(match);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`no ${String(pattern)} on the screen, but:\n${this.text.slice(-2000)}`));
      }, limitMs);
      this.#waiting.add(look);
      look();
    });
  }
}
