/** Numbers as the language writes them. */
import type { Language } from "./language";

export interface Format {
  /** Bytes in a unit that suits: 1 MB is 1,000,000 bytes, as browsers and Docker count. */
  bytes(bytes: number): string;
  /** A share from 0 to 1, as whole percent, never rounded up to 100. */
  percent(share: number): string;
  count(count: number): string;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function createFormat(language: Language): Format {
  const count = new Intl.NumberFormat(language);
  const percent = new Intl.NumberFormat(language, { style: "percent", roundingMode: "floor" });
  return {
    bytes(bytes) {
      const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
      const value = bytes / 1000 ** power;
      return new Intl.NumberFormat(language, {
        style: "unit",
        unit: UNITS[power] ?? "byte",
        unitDisplay: power === 0 ? "long" : "short",
        minimumFractionDigits: power < 2 || value >= 100 ? 0 : 1,
        maximumFractionDigits: power < 2 || value >= 100 ? 0 : 1,
      }).format(value);
    },
    percent: (share) => percent.format(Math.min(Math.max(share, 0), 1)),
    count: (value) => count.format(value),
  };
}
