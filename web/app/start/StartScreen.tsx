/** What is seen until the prompt is there: the stage, its bytes, and what it is all about. */
import type { ReactElement } from "react";
import { useSpeech, type Speech } from "../../i18n/LanguageContext";
import { Card } from "../../ui/Card";
import { Icon } from "../../ui/Icon";
import type { MemoryHint } from "../../vm/preflight";
import { DockScene } from "./DockScene";
import { overallShare, START_STAGES, STAGE_WEIGHTS, type StartProgress } from "./start-progress";
import styles from "./StartScreen.module.css";

export interface StartScreenProps {
  readonly progress: StartProgress;
  readonly hint: MemoryHint | undefined;
}

export function StartScreen({ progress, hint }: StartScreenProps): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  return (
    <section className={styles.start}>
      <div className={styles.column}>
        <DockScene share={overallShare(progress)} />
        <h2 className={styles.heading}>{t.start.heading}</h2>
        <p className={styles.lead}>{t.start.lead}</p>
        <StageBar progress={progress} />
        <p className={styles.detail}>{detailText(progress, speech)}</p>
        {hint === undefined ? (
          <p className={styles.note}>{t.start.cacheNote}</p>
        ) : (
          <Card as="p" tone="signal" icon="alert" className={styles.hint}>
            <span>{t.start.hints[hint]}</span>
          </Card>
        )}
      </div>
    </section>
  );
}

/** One bar in three parts, each as wide as its stage is long. */
function StageBar({ progress }: { readonly progress: StartProgress }): ReactElement {
  const speech = useSpeech();
  const { t, format } = speech;
  const current = START_STAGES.indexOf(progress.stage);
  const { share } = progress;
  const value = share === undefined ? undefined : Math.floor(share * 100);
  const text = [t.start.stages[progress.stage], share === undefined ? "" : format.percent(share)];
  return (
    <div
      className={styles.stages}
      role="progressbar"
      data-testid="progress"
      data-stage={progress.stage}
      aria-label={t.start.progressLabel}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      aria-valuetext={text.join(" ").trim()}
    >
      {START_STAGES.map((stage, index) => {
        const state =
          index < current ? "done" : index > current ? "todo" : share === undefined ? "busy" : "now";
        return (
          <div
            key={stage}
            className={styles.stage}
            data-state={state}
            style={{ flexGrow: STAGE_WEIGHTS[stage] }}
          >
            <div className={styles.track}>
              <div
                className={styles.bar}
                style={state === "now" ? { inlineSize: `${(share ?? 0) * 100}%` } : undefined}
              />
            </div>
            <span className={styles.name}>
              {state === "done" ? <Icon name="check" size={14} /> : null}
              {t.start.stages[stage]}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function detailText({ stage, bytes }: StartProgress, { t, format }: Speech): string {
  if (stage === "booting") return t.start.booting;
  if (bytes === undefined) return stage === "loading" ? t.start.connecting : "";
  const [done, total] = [format.bytes(bytes.done), format.bytes(bytes.total)];
  if (stage === "restoring") return t.start.restoring(done, total);
  if (bytes.cached === 0) return t.start.loading(done, total);
  return t.start.loadingCached(done, total, format.bytes(bytes.cached));
}
