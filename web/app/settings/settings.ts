/** What the learner has chosen, and what is chosen for them. */
import { z } from "zod";
import { LANGUAGES } from "../../i18n/language";

export const FONT_SIZES = { min: 10, max: 28, initial: 14 } as const;

/** Whether a text can be the relay's setting: empty, or a WebSocket's URL. */
export function isRelaySetting(text: string): boolean {
  return text === "" || (URL.canParse(text) && ["ws:", "wss:"].includes(new URL(text).protocol));
}

/** Each field falls back by itself: one that is missing or makes no sense costs none of the others. */
const settingsSchema = z.object({
  language: z.enum(["auto", ...LANGUAGES]).catch("auto"),
  theme: z.enum(["auto", "light", "dark"]).catch("auto"),
  /** The terminal's, in CSS pixels. */
  fontSize: z.number().int().min(FONT_SIZES.min).max(FONT_SIZES.max).catch(FONT_SIZES.initial),
  screenReader: z.boolean().catch(false),
  /** A Wisp relay's `ws:` or `wss:` URL; empty for none. */
  relayUrl: z.string().refine(isRelaySetting).catch(""),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({});

/** Makes settings of whatever was stored. Never throws. */
export function parseSettings(stored: unknown): Settings {
  const parsed = settingsSchema.safeParse(stored);
  return parsed.success ? parsed.data : DEFAULT_SETTINGS;
}
