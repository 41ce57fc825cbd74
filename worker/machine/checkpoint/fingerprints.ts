/**
 * What is in each page of RAM, in 64 bits: by it a save knows the pages that changed, without a copy of what they were.
 * No cryptographic hash: nobody but the learner's own machine chooses the bytes, and two contents of one page that
 * agree by accident are one in 2^64. Two halves of 32 bits see every word, by different constants. A page of zeros
 * is 0, and nothing else is.
 */
const PAGE_BYTES = 4096;
const PAGE_WORDS = PAGE_BYTES / 4;

export class Fingerprints {
  readonly pages: number;
  /** Two halves a page. */
  readonly #halves: Uint32Array<ArrayBuffer>;

  /** Of pages of zeros. */
  constructor(pages: number) {
    this.pages = pages;
    this.#halves = new Uint32Array(2 * pages);
  }

  copy(): Fingerprints {
    const copy = new Fingerprints(this.pages);
    copy.#halves.set(this.#halves);
    return copy;
  }

  /** @param bytes 4 KiB that are not all zeros */
  record(page: number, bytes: Uint8Array): void {
    writeFingerprint(wordsOf(bytes), this.#halves, 2 * page);
  }

  /** As `of` read it. */
  set(page: number, low: number, high: number): void {
    this.#halves[2 * page] = low;
    this.#halves[2 * page + 1] = high;
  }

  of(page: number): readonly [low: number, high: number] {
    return [this.#halves[2 * page] ?? 0, this.#halves[2 * page + 1] ?? 0];
  }

  isZero(page: number): boolean {
    return this.#halves[2 * page] === 0 && this.#halves[2 * page + 1] === 0;
  }

  isSame(page: number, other: Fingerprints): boolean {
    return (
      this.#halves[2 * page] === other.#halves[2 * page] &&
      this.#halves[2 * page + 1] === other.#halves[2 * page + 1]
    );
  }

  /** The pages that are not as there, in order. */
  differing(other: Fingerprints): number[] {
    const pages: number[] = [];
    for (let page = 0; page < this.pages; page++) if (!this.isSame(page, other)) pages.push(page);
    return pages;
  }
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, PAGE_WORDS);
}

function writeFingerprint(words: Int32Array, into: Uint32Array, at: number): void {
  // Even words go into the first pair, odd ones into the second: four chains that the processor works on side by side.
  let low = 0x9e3779b9;
  let high = 0x7f4a7c15;
  let lowOdd = 0x85ebca6b;
  let highOdd = 0x42b2ae35;
  for (let word = 0; word < PAGE_WORDS; word += 2) {
    const even = words[word] ?? 0;
    const odd = words[word + 1] ?? 0;
    // The rotation brings what is in the upper bits back down: a product alone never does.
    low = Math.imul(low ^ even, 0x9e3779b1);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high ^ even, 0x85ebca77);
    high = (high << 17) | (high >>> 15);
    lowOdd = Math.imul(lowOdd ^ odd, 0xc2b2ae3d);
    lowOdd = (lowOdd << 13) | (lowOdd >>> 19);
    highOdd = Math.imul(highOdd ^ odd, 0x27d4eb2f);
    highOdd = (highOdd << 17) | (highOdd >>> 15);
  }
  const first = mix(low ^ ((lowOdd << 7) | (lowOdd >>> 25)));
  const second = mix(high ^ ((highOdd << 11) | (highOdd >>> 21)));
  into[at] = first;
  // 0 and 0 are a page of zeros.
  into[at + 1] = first === 0 && second === 0 ? 1 : second;
}

/** Every bit of the input changes half of the output's. */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
