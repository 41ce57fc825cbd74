/** The colours that are shown: the learner's choice, or the system's as it changes. */
import { useLayoutEffect, useSyncExternalStore } from "react";
import type { Settings } from "./settings";

export type Scheme = "light" | "dark";

const systemDark = matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  systemDark.addEventListener("change", listener);
  return () => systemDark.removeEventListener("change", listener);
}

/** Also marks `<html>`, which the style sheets go by. */
export function useScheme(theme: Settings["theme"]): Scheme {
  const dark = useSyncExternalStore(subscribe, () => systemDark.matches);
  const scheme = theme === "auto" ? (dark ? "dark" : "light") : theme;
  // Before any effect of a component: the terminals read their colours off the page in theirs.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = scheme;
  }, [scheme]);
  return scheme;
}
