/** Back, forward, reload, and the address, which is typed or comes from the page. */
import { useId, useRef, useState, type ReactElement } from "react";
import type { Dictionary } from "../../i18n/zh-cn";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button, type ButtonProps } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Input } from "../../ui/Input";
import type { ParsedAddress } from "../address";
import type { PreviewSnapshot } from "../preview-snapshot";
import type { PreviewStore } from "../preview-store";
import styles from "./AddressBar.module.css";

export interface AddressBarProps {
  readonly store: PreviewStore;
  readonly snapshot: PreviewSnapshot;
  readonly onClose: () => void;
}

export function AddressBar({ store, snapshot, onClose }: AddressBarProps): ReactElement {
  const { t } = useSpeech();
  const { address, loading, title, canGoBack, canGoForward } = snapshot;
  /** What is being typed; undefined while the page's address is shown. */
  const [draft, setDraft] = useState<string>();
  const [refused, setRefused] = useState<ParsedAddress>();
  const input = useRef<HTMLInputElement>(null);
  const complaintId = useId();
  const complaint = refused === undefined ? undefined : complaintText(refused, t);

  const submit = (): void => {
    const parsed = store.type(draft ?? address);
    setRefused(parsed.kind === "address" ? undefined : parsed);
    if (parsed.kind !== "address") return;
    setDraft(undefined);
    input.current?.blur();
  };

  return (
    <div className={styles.bar}>
      <BarButton icon="back" label={t.preview.back} disabled={!canGoBack} onClick={() => store.go(-1)} />
      <BarButton
        icon="forward"
        label={t.preview.forward}
        disabled={!canGoForward}
        onClick={() => store.go(1)}
      />
      {loading === undefined ? (
        <BarButton
          icon="reload"
          label={t.preview.reload}
          disabled={address === ""}
          onClick={() => store.reload()}
        />
      ) : (
        <BarButton icon="close" label={t.preview.stop} onClick={() => store.stop()} />
      )}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Input
          ref={input}
          size="s"
          className={styles.input}
          inputMode="url"
          value={draft ?? address}
          title={title}
          placeholder={t.preview.placeholder}
          aria-label={t.preview.address}
          invalid={complaint !== undefined}
          aria-describedby={complaint === undefined ? undefined : complaintId}
          onFocus={(event) => event.target.select()}
          onBlur={() => {
            if (complaint === undefined) setDraft(undefined);
          }}
          onChange={(event) => {
            setDraft(event.target.value);
            setRefused(undefined);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            setDraft(undefined);
            setRefused(undefined);
          }}
        />
        {complaint === undefined ? null : (
          <Card as="p" raised className={styles.complaint} id={complaintId} role="alert">
            {complaint}
          </Card>
        )}
      </form>
      <BarButton icon="minus" label={t.preview.close} onClick={onClose} />
    </div>
  );
}

/** A button of the bar. */
function BarButton(props: Pick<ButtonProps, "icon" | "label" | "disabled" | "onClick">): ReactElement {
  return <Button look="quiet" size="s" {...props} />;
}

function complaintText(parsed: ParsedAddress, t: Dictionary): string {
  switch (parsed.kind) {
    case "https":
      return t.preview.refused.https;
    case "outside":
      return t.preview.refused.outside(parsed.host);
    default:
      return t.preview.refused.notAnAddress;
  }
}
