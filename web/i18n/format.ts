/**
 * Numbers in words. Both languages write them the same way, so this is done by hand: the first use of `Intl` reads its
 * tables, which holds the page's main thread for some 20 ms just when everything else begins.
 */
import type { Language } from "./language";

export interface Format {
  /** Bytes in a unit that suits: 1 MB is 1,000,000 bytes, as browsers and Docker count. */
  bytes(bytes: number): string;
  /** A share from 0 to 1, as whole percent, never rounded up to 100. */
  percent(share: number): string;
  count(count: number): string;
}

const UNITS = ["kB", "MB", "GB"] as const;
const BYTES_WORD: Readonly<Record<Language, string>> = { "zh-CN": "字节", en: "bytes" };

export function createFormat(language: Language): Format {
  return {
    bytes(bytes) {
      if (bytes < 1000) return `${bytes} ${BYTES_WORD[language]}`;
      const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length);
      const value = bytes / 1000 ** power;
      // One decimal where it means something: 12.3 MB, but 141 MB and 640 kB.
      const text = power >= 2 && value < 100 ? value.toFixed(1) : groupThousands(Math.round(value));
      return `${text} ${UNITS[power - 1] ?? ""}`;
    },
    percent: (share) => `${Math.floor(Math.min(Math.max(share, 0), 1) * 100)}%`,
    count: groupThousands,
  };
}

function groupThousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}
