/** Back, forward, reload, and the address, which is typed or comes from the page. */
import { useId, useRef, useState, type ReactElement } from "react";
import type { Dictionary } from "../../i18n/zh-cn";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon, type IconName } from "../../ui/Icon";
import type { ParsedAddress } from "../address";
import type { PreviewSnapshot } from "../preview-snapshot";
import type { PreviewStore } from "../preview-store";

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
    <div className="address-bar">
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
        className="address-bar__form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <input
          ref={input}
          className="address-bar__input"
          type="text"
          inputMode="url"
          value={draft ?? address}
          title={title}
          placeholder={t.preview.placeholder}
          aria-label={t.preview.address}
          aria-invalid={complaint !== undefined}
          aria-describedby={complaint === undefined ? undefined : complaintId}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
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
          <p className="address-bar__complaint" id={complaintId} role="alert">
            {complaint}
          </p>
        )}
      </form>
      <BarButton icon="minus" label={t.preview.close} onClick={onClose} />
    </div>
  );
}

interface BarButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function BarButton({ icon, label, disabled = false, onClick }: BarButtonProps): ReactElement {
  return (
    <button
      type="button"
      className="icon-button address-bar__button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={18} />
    </button>
  );
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
