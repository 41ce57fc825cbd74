/** What a maintainer wants to know, to read and to copy. */
import { useState, type ReactElement } from "react";
import type { SerialisedError } from "../../../contract/errors";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import styles from "./FailureDetails.module.css";

type CopyState = "idle" | "copied" | "failed";

export function FailureDetails(props: {
  readonly error: SerialisedError;
  readonly open: boolean;
}): ReactElement {
  const { t } = useSpeech();
  const [copyState, setCopyState] = useState<CopyState>("idle");
  const text = detailsOf(props.error);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Some browsers and frames forbid it; the text can still be selected.
      setCopyState("failed");
      return;
    }
    setCopyState("copied");
  };

  const says: Readonly<Record<CopyState, string>> = {
    idle: t.actions.copyDetails,
    copied: t.actions.copied,
    failed: t.actions.copyFailed,
  };
  return (
    <details className={styles.details} open={props.open}>
      <summary>{t.failures.details}</summary>
      <pre tabIndex={0}>{text}</pre>
      <Button icon={copyState === "copied" ? "check" : "copy"} onClick={() => void copy()}>
        <span aria-live="polite">{says[copyState]}</span>
      </Button>
    </details>
  );
}

/** In English whatever the page's language: it is for a report. */
function detailsOf(error: SerialisedError): string {
  const lines = [`${error.code}: ${error.message}`];
  if (error.subject !== undefined) lines.push(`subject: ${error.subject}`);
  lines.push(`page: ${location.href}`, `browser: ${navigator.userAgent}`);
  if (error.stack !== undefined) lines.push("", error.stack);
  return lines.join("\n");
}
