/** What an installed app asks of the page: where its shortcuts lead, and its manifest in the language that is spoken. */
import type { Language } from "../i18n/language";

/** What a shortcut's address (`?open=course`) asks to open; undefined for anything else. */
export function askedToOpen(search: string): "course" | "offline" | undefined {
  const open = new URLSearchParams(search).get("open");
  return open === "course" || open === "offline" ? open : undefined;
}

/** Names the web app manifest in this language: an app that is installed now speaks it. */
export function nameAppManifest(language: Language): void {
  document
    .querySelector('link[rel="manifest"]')
    ?.setAttribute("href", new URL(`app.${language}.webmanifest`, document.baseURI).href);
}
