/** The keys that a phone's keyboard lacks, as the bytes that a terminal sends for them (xterm's control sequences). */
export type BarKey =
  "escape" | "tab" | "up" | "down" | "left" | "right" | "pipe" | "slash" | "dash" | "tilde";

const PLAIN: Readonly<Record<Exclude<BarKey, "up" | "down" | "left" | "right">, string>> = {
  escape: "\u001b",
  tab: "\t",
  pipe: "|",
  slash: "/",
  dash: "-",
  tilde: "~",
};

const CURSOR = { up: "A", down: "B", right: "C", left: "D" } as const;

/** `applicationCursor` is the guest's DECCKM mode, in which cursor keys are sent another way. */
export function barKeyText(key: BarKey, applicationCursor: boolean): string {
  switch (key) {
    case "up":
    case "down":
    case "left":
    case "right":
      return `\u001b${applicationCursor ? "O" : "["}${CURSOR[key]}`;
    default:
      return PLAIN[key];
  }
}

/**
 * `text` as it is typed with Ctrl held: one character from `@` to `_` (letters of either case) becomes its control
 * character, `?` becomes DEL, a blank NUL. Anything else has no control character and stays as it is.
 */
export function withControl(text: string): string {
  if (text.length !== 1) return text;
  if (text === " ") return "\u0000";
  if (text === "?") return "\u007f";
  const code = text.toUpperCase().charCodeAt(0);
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : text;
}
