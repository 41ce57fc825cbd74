/** What is seen under the header: the start, a failure, or the terminals with the preview. */
import { Suspense, type ComponentType, type ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import type { PreviewStore } from "../preview";
import { StartChoice } from "../sessions/StartChoice";
import type { Sessions } from "../sessions/sessions";
import { useSnapshot } from "../store";
import type { TerminalPaneProps } from "../terminal";
import { Card } from "../ui/Card";
import type { MachineClient, MachineSnapshot } from "../vm/machine-client";
import type { MemoryHint } from "../vm/preflight";
import type { FailureAction } from "./failures/failure-plan";
import { FailurePage } from "./failures/FailurePage";
import { Desk } from "./stage/Desk";
import { DiskFaultBanner } from "./stage/DiskFaultBanner";
import { describePlace } from "./stage/page-place";
import { PausedVeil } from "./stage/PausedVeil";
import type { PreviewDesk } from "./stage/preview-desk";
import { RegistryBanner } from "./stage/RegistryBanner";
import { SessionBanner } from "./stage/SessionBanner";
import { startProgress } from "./start/start-progress";
import { StartScreen } from "./start/StartScreen";
import styles from "./Stage.module.css";

export interface StageProps {
  readonly machine: Pick<
    MachineClient,
    "resume" | "retryDisk" | "dropPushedImages" | "dismissRegistryFailure"
  >;
  readonly snapshot: MachineSnapshot;
  readonly sessions: Pick<Sessions, "choice">;
  readonly onManageSessions: () => void;
  readonly hint: MemoryHint | undefined;
  readonly preview: PreviewStore;
  readonly desk: PreviewDesk;
  /** The terminals; their code may still be on its way. */
  readonly Terminals: ComponentType<TerminalPaneProps>;
  readonly look: TerminalPaneProps["look"];
  readonly renderer: TerminalPaneProps["renderer"];
}

export function Stage(props: StageProps): ReactElement {
  const { machine, snapshot, hint, preview, desk, Terminals, look, renderer } = props;
  const { choice } = props.sessions;
  const { t } = useSpeech();
  const { phase } = useSnapshot(choice);
  const { status, fault, registryFailure, ports } = snapshot;
  if (phase === "choosing") return <StartChoice choice={choice} describePlace={describePlace} />;
  const progress = startProgress(status);
  if (progress !== undefined) return <StartScreen progress={progress} hint={hint} />;
  if (status.kind === "failed") {
    const act = (action: FailureAction): void => {
      if (action === "reload") location.reload();
      else if (action === "go-on") void choice.chooseAgain();
      else if (action === "new-machine") choice.replace({ kind: "new" });
      else choice.tryAgain();
    };
    return <FailurePage error={status.error} onAction={act} />;
  }
  const held = status.kind === "paused" || fault !== undefined;
  const overlay = (
    <>
      {fault === undefined ? null : (
        <DiskFaultBanner fault={fault} onRetry={() => void machine.retryDisk()} />
      )}
      {registryFailure === undefined ? null : (
        <RegistryBanner
          failure={registryFailure}
          onDismiss={() => machine.dismissRegistryFailure()}
          onDrop={() => void machine.dropPushedImages()}
        />
      )}
      <SessionBanner
        session={snapshot.session}
        onManage={props.onManageSessions}
        onChoose={() => void choice.chooseAgain()}
      />
      {status.kind === "paused" ? <PausedVeil onResume={() => void machine.resume()} /> : null}
    </>
  );
  const terminals = (
    <Card kind="pane" className={styles.terminals}>
      <Suspense fallback={<p className={styles.waiting}>{t.terminal.loading}</p>}>
        <Terminals
          look={look}
          renderer={renderer}
          overlay={overlay}
          held={held}
          onGuestLink={(address) => desk.openLink(address)}
        />
      </Suspense>
    </Card>
  );
  return <Desk terminals={terminals} store={preview} desk={desk} ports={ports} held={held} />;
}
