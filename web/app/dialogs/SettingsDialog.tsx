/** The settings. Each takes effect at once, where it can be seen beside the dialog. */
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { classes } from "../../ui/classes";
import { Dialog } from "../../ui/Dialog";
import { FONT_SIZES } from "../settings/settings";
import { useSettings } from "../settings/SettingsContext";
import { RelayField } from "./RelayField";
import styles from "./SettingsDialog.module.css";

export interface SettingsDialogProps {
  readonly onClose: () => void;
  /** Shows what is kept for offline use. */
  readonly onOffline: () => void;
}

export function SettingsDialog({ onClose, onOffline }: SettingsDialogProps): ReactElement {
  const { t, format } = useSpeech();
  const { settings, kept, change } = useSettings();
  const { fontSize } = settings;
  const footer = (
    <Button look="primary" onClick={onClose}>
      {t.actions.done}
    </Button>
  );
  return (
    <Dialog title={t.settings.heading} closeLabel={t.actions.close} onClose={onClose} footer={footer}>
      <ChoiceField
        name="language"
        legend={t.settings.language}
        value={settings.language}
        choices={[
          { value: "auto", label: t.settings.languageAuto },
          // Each in its own language, for people who cannot read the present one.
          { value: "zh-CN", label: <span lang="zh-CN">简体中文</span> },
          { value: "en", label: <span lang="en">English</span> },
        ]}
        onChange={(language) => change({ language })}
      />
      <ChoiceField
        name="theme"
        legend={t.settings.theme}
        value={settings.theme}
        choices={[
          { value: "auto", label: t.settings.themeAuto },
          { value: "light", label: t.settings.themeLight },
          { value: "dark", label: t.settings.themeDark },
        ]}
        onChange={(theme) => change({ theme })}
      />
      <div className={classes(styles.field, styles.line)} role="group" aria-label={t.settings.fontSize}>
        <span className={styles.legend}>{t.settings.fontSize}</span>
        <div className={styles.stepper}>
          <Button
            look="quiet"
            icon="minus"
            label={t.settings.fontSmaller}
            disabled={fontSize <= FONT_SIZES.min}
            onClick={() => change({ fontSize: fontSize - 1 })}
          />
          <output className={styles.value} aria-live="polite">
            {format.count(fontSize)}
          </output>
          <Button
            look="quiet"
            icon="plus"
            label={t.settings.fontLarger}
            disabled={fontSize >= FONT_SIZES.max}
            onClick={() => change({ fontSize: fontSize + 1 })}
          />
        </div>
      </div>
      <label className={classes(styles.field, styles.check)}>
        <input
          type="checkbox"
          checked={settings.screenReader}
          onChange={(event) => change({ screenReader: event.target.checked })}
        />
        <span>
          <span className={styles.legend}>{t.settings.screenReader}</span>
          <span className="quiet">{t.settings.screenReaderHint}</span>
        </span>
      </label>
      <RelayField value={settings.relayUrl} onChange={(relayUrl) => change({ relayUrl })} />
      <div className={classes(styles.field, styles.line)}>
        <span>
          <span className={styles.legend}>{t.offline.title}</span>
          <span className="quiet">{t.offline.openHint}</span>
        </span>
        <Button onClick={onOffline}>{t.offline.open}</Button>
      </div>
      {kept ? null : (
        <Card as="p" tone="signal" icon="alert" className={styles.warning} role="status">
          <span>{t.settings.saveFailed}</span>
        </Card>
      )}
    </Dialog>
  );
}

interface ChoiceFieldProps<Value extends string> {
  readonly name: string;
  readonly legend: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

/** Radio buttons in a row. */
function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>): ReactElement {
  return (
    <fieldset className={styles.field}>
      <legend className={styles.legend}>{props.legend}</legend>
      <div className={styles.choices}>
        {props.choices.map(({ value, label }) => (
          <label key={value} className={styles.choice}>
            <input
              type="radio"
              name={props.name}
              value={value}
              checked={value === props.value}
              onChange={() => props.onChange(value)}
            />
            <span className={styles.face}>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
