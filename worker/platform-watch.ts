/**
 * Looks in a console's bytes, however they are cut, for Docker's words on an image that has no variant for the platform
 * that was asked for. Nobody else says it: the registry gave the list, and Docker found nothing on it.
 */
const WORDS =
  /no matching manifest for ([\w/]{1,40}) in the manifest list|no match for platform in manifest/g;
/** The longest that the words can be. */
const KEPT = 100;

export class PlatformWatch {
  readonly #decoder = new TextDecoder("latin1");
  #tail = "";

  /** @returns the platforms that there was nothing for, such as `linux/amd64`; "" where Docker does not name it */
  push(bytes: Uint8Array): string[] {
    const text = this.#tail + this.#decoder.decode(bytes);
    const found = [...text.matchAll(WORDS)];
    const last = found.at(-1);
    const rest = last === undefined ? text : text.slice(last.index + last[0].length);
    this.#tail = rest.slice(-KEPT);
    return found.map(([, platform = ""]) => platform);
  }
}
