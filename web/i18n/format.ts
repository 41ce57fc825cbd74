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
  /** A moment, both in milliseconds since the epoch: `5 minutes ago`, `today 14:03`, `20 Nov 14:03`. */
  time(at: number, now: number): string;
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
    time(at, now) {
      const words = TIME_WORDS[language];
      const minutes = Math.floor((now - at) / 60_000);
      if (minutes < 1) return words.now;
      if (minutes < 60) return words.minutes(minutes);
      const moment = new Date(at);
      const clock = `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, "0")}`;
      const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
      if (days === 0) return words.today(clock);
      if (days === 1) return words.yesterday(clock);
      return words.date(moment.getFullYear(), moment.getMonth(), moment.getDate(), clock);
    },
  };
}

const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

interface TimeWords {
  readonly now: string;
  minutes(count: number): string;
  today(clock: string): string;
  yesterday(clock: string): string;
  /** `month` from 0. */
  date(year: number, month: number, day: number, clock: string): string;
}

const TIME_WORDS: Readonly<Record<Language, TimeWords>> = {
  "zh-CN": {
    now: "刚刚",
    minutes: (count) => `${count} 分钟前`,
    today: (clock) => `今天 ${clock}`,
    yesterday: (clock) => `昨天 ${clock}`,
    date: (year, month, day, clock) => `${year} 年 ${month + 1} 月 ${day} 日 ${clock}`,
  },
  en: {
    now: "just now",
    minutes: (count) => (count === 1 ? "a minute ago" : `${count} minutes ago`),
    today: (clock) => `today ${clock}`,
    yesterday: (clock) => `yesterday ${clock}`,
    date: (year, month, day, clock) => `on ${day} ${MONTHS[month] ?? ""} ${year}, ${clock}`,
  },
};

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function groupThousands(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}
