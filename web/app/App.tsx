/** The whole page: composes the machine's status, the terminals and the dialogs. */
import { Suspense, useEffect, useState, type ComponentType, type ReactElement } from "react";
import { chooseLanguage } from "../i18n/language";
import { LanguageProvider, useSpeech } from "../i18n/LanguageContext";
import type { PreviewStore } from "../preview";
import type { TerminalPaneProps } from "../terminal";
import { useMachine, useMachineSnapshot } from "../vm/MachineContext";
import type { MemoryHint } from "../vm/preflight";
import { HelpDialog } from "./dialogs/HelpDialog";
import { RestartDialog } from "./dialogs/RestartDialog";
import { SettingsDialog } from "./dialogs/SettingsDialog";
import { Desk } from "./stage/Desk";
import { DiskFaultBanner } from "./stage/DiskFaultBanner";
import { RegistryBanner } from "./stage/RegistryBanner";
import { ErrorBoundary } from "./failures/ErrorBoundary";
import type { FailureAction } from "./failures/failure-plan";
import { FailurePage } from "./failures/FailurePage";
import { Header } from "./Header";
import { PausedVeil } from "./stage/PausedVeil";
import { useSettings } from "./settings/SettingsContext";
import type { CourseLoader } from "./stage/load-course";
import { startProgress } from "./start/start-progress";
import { StartScreen } from "./start/StartScreen";
import { announcement, pageTitle } from "./status-text";
import { useCourseDesk } from "./stage/use-course";
import { usePreviewDesk } from "./stage/use-preview-desk";
import { useScheme } from "./settings/use-scheme";
import { useVisibleHeight } from "./use-visible-height";
import { Workspace } from "./stage/Workspace";
import "./styles/forms.css";

export interface AppProps {
  /** The terminals; their code may still be on its way. */
  readonly Terminals: ComponentType<TerminalPaneProps>;
  readonly renderer: TerminalPaneProps["renderer"];
  readonly hint: MemoryHint | undefined;
  readonly preview: PreviewStore;
  /** `atOnce`: the page's address names a lesson. */
  readonly course: { readonly loader: CourseLoader; readonly atOnce: boolean };
}

export function App(props: AppProps): ReactElement {
  const { settings } = useSettings();
  return (
    <LanguageProvider language={chooseLanguage(settings.language, navigator.languages)}>
      <Shell {...props} />
    </LanguageProvider>
  );
}

type OpenDialog = "none" | "restart" | "settings" | "help";

function Shell({ Terminals, renderer, hint, preview, course }: AppProps): ReactElement {
  const machine = useMachine();
  const snapshot = useMachineSnapshot();
  const speech = useSpeech();
  const { settings } = useSettings();
  const scheme = useScheme(settings.theme);
  const [dialog, setDialog] = useState<OpenDialog>("none");
  const desk = usePreviewDesk(preview, snapshot.ports);
  const isUp = snapshot.status.kind === "ready";
  const lessons = useCourseDesk(course.loader, speech.language, { now: course.atOnce, soon: isUp });
  useVisibleHeight();

  const { relayUrl } = settings;
  useEffect(() => {
    void machine.setRelay(relayUrl === "" ? undefined : relayUrl);
  }, [machine, relayUrl]);

  const title = pageTitle(snapshot, speech);
  useEffect(() => {
    document.title = title;
  }, [title]);

  const { status, fault, registryFailure } = snapshot;
  const closeDialog = (): void => setDialog("none");
  const resume = (): void => void machine.resume();
  const act = (action: FailureAction): void => {
    if (action === "reload") location.reload();
    else void machine.start();
  };

  return (
    <div className="app" data-testid="status" data-kind={status.kind}>
      <Header
        snapshot={snapshot}
        preview={{ isOpen: desk.isOpen, toggle: desk.isOpen ? desk.close : desk.open }}
        course={lessons}
        onPause={() => void machine.pause()}
        onResume={resume}
        onRestart={() => setDialog("restart")}
        onSettings={() => setDialog("settings")}
        onHelp={() => setDialog("help")}
      />
      <Workspace
        aside={
          lessons.isOpen && lessons.loaded !== undefined ? (
            <lessons.loaded.Panel store={lessons.loaded.store} onClose={lessons.toggle} />
          ) : undefined
        }
        front={lessons.front}
        onShow={lessons.show}
      >
        <ErrorBoundary fallback={(error) => <FailurePage error={error} onAction={() => location.reload()} />}>
          {stage()}
        </ErrorBoundary>
      </Workspace>
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement(snapshot, speech)}
      </p>
      {dialog === "settings" ? <SettingsDialog onClose={closeDialog} /> : null}
      {dialog === "help" ? <HelpDialog onClose={closeDialog} /> : null}
      {dialog === "restart" ? (
        <RestartDialog
          onClose={closeDialog}
          onConfirm={() => {
            closeDialog();
            void machine.restart();
          }}
        />
      ) : null}
    </div>
  );

  function stage(): ReactElement {
    const progress = startProgress(status);
    if (progress !== undefined) return <StartScreen progress={progress} hint={hint} />;
    if (status.kind === "failed") return <FailurePage error={status.error} onAction={act} />;
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
        {status.kind === "paused" ? <PausedVeil onResume={resume} /> : null}
      </>
    );
    const { fontSize, screenReader } = settings;
    const terminals = (
      <div className="card">
        <Suspense fallback={<p className="card__waiting">{speech.t.terminal.loading}</p>}>
          <Terminals
            look={{ scheme, fontSize, screenReader }}
            renderer={renderer}
            overlay={overlay}
            held={held}
            onGuestLink={desk.openLink}
          />
        </Suspense>
      </div>
    );
    return <Desk terminals={terminals} store={preview} desk={desk} ports={snapshot.ports} held={held} />;
  }
}
