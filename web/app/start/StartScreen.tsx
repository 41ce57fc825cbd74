/** What is seen until the prompt is there: the stage, its bytes, and what it is all about. */
import type { ReactElement } from "react";
import { useSpeech, type Speech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";
import type { MemoryHint } from "../../vm/preflight";
import { DockScene } from "./DockScene";
import { overallShare, START_STAGES, STAGE_WEIGHTS, type StartProgress } from "./start-progress";
import "./start.css";

export interface StartScreenProps {
  readonly progress: StartProgress;
  readonly hint: MemoryHint | undefined;
}

export function StartScreen({ progress, hint }: StartScreenProps): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  return (
    <section className="start">
      <div className="start__column">
        <DockScene share={overallShare(progress)} />
        <h2 className="start__heading">{t.start.heading}</h2>
        <p className="start__lead">{t.start.lead}</p>
        <StageBar progress={progress} />
        <p className="start__detail">{detailText(progress, speech)}</p>
        {hint === undefined ? (
          <p className="start__note">{t.start.cacheNote}</p>
        ) : (
          <p className="start__hint">
            <Icon name="alert" size={18} />
            <span>{t.start.hints[hint]}</span>
          </p>
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
      className="stages"
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
          <div key={stage} className="stage" data-state={state} style={{ flexGrow: STAGE_WEIGHTS[stage] }}>
            <div className="stage__track">
              <div
                className="stage__bar"
                style={state === "now" ? { inlineSize: `${(share ?? 0) * 100}%` } : undefined}
              />
            </div>
            <span className="stage__name">
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
