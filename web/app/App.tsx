/** The whole page: composes the machine's status, the terminals and the dialogs. */
import { useEffect, useEffectEvent, useState, type ComponentType, type ReactElement } from "react";
import { chooseLanguage } from "../i18n/language";
import { LanguageProvider, useSpeech } from "../i18n/LanguageContext";
import { Notices, OfflineDialog, useRelease } from "../offline";
import type { PreviewStore } from "../preview";
import { beginningOf } from "../sessions/choice-store";
import type { Sessions } from "../sessions/sessions";
import { SaveMenu } from "../sessions/SaveMenu";
import { SessionsDialog } from "../sessions/SessionsDialog";
import { useSnapshot } from "../store";
import type { TerminalPaneProps } from "../terminal";
import type { Beginning } from "../vm/machine-client";
import { useMachine, useMachineSnapshot } from "../vm/MachineContext";
import type { MemoryHint } from "../vm/preflight";
import { HelpDialog } from "./dialogs/HelpDialog";
import { RestartDialog } from "./dialogs/RestartDialog";
import { SettingsDialog } from "./dialogs/SettingsDialog";
import { ErrorBoundary } from "./failures/ErrorBoundary";
import { FailurePage } from "./failures/FailurePage";
import { Header } from "./Header";
import { useSettings } from "./settings/SettingsContext";
import { Stage } from "./Stage";
import type { CourseDesk } from "./stage/course-desk";
import { describePlace } from "./stage/page-place";
import type { PreviewDesk } from "./stage/preview-desk";
import { askedToOpen, nameAppManifest } from "./installed";
import { announcement, pageTitle } from "./status-text";
import { useScheme } from "./settings/use-scheme";
import { useVisibleHeight } from "./use-visible-height";
import { Workspace } from "./stage/Workspace";
import styles from "./App.module.css";

export interface AppProps {
  /** The terminals; their code may still be on its way. */
  readonly Terminals: ComponentType<TerminalPaneProps>;
  readonly renderer: TerminalPaneProps["renderer"];
  readonly hint: MemoryHint | undefined;
  readonly preview: PreviewStore;
  readonly desk: PreviewDesk;
  readonly course: CourseDesk;
  readonly sessions: Sessions;
}

export function App(props: AppProps): ReactElement {
  const { settings } = useSettings();
  return (
    <LanguageProvider language={chooseLanguage(settings.language, navigator.languages)}>
      <Shell {...props} />
    </LanguageProvider>
  );
}

type OpenDialog = "none" | "restart" | "settings" | "help" | "offline" | "sessions";

function Shell(props: AppProps): ReactElement {
  const { Terminals, renderer, hint, preview, desk, course, sessions } = props;
  const machine = useMachine();
  const snapshot = useMachineSnapshot();
  const speech = useSpeech();
  const { settings } = useSettings();
  const scheme = useScheme(settings.theme);
  const { news, store: release } = useRelease();
  const asked = askedToOpen(location.search);
  const [dialog, setDialog] = useState<OpenDialog>(asked === "offline" ? "offline" : "none");
  const { isOpen: isPreviewOpen } = useSnapshot(desk);
  const lessons = useSnapshot(course);
  useVisibleHeight();

  const { relayUrl } = settings;
  useEffect(() => {
    void machine.setRelay(relayUrl === "" ? undefined : relayUrl);
  }, [machine, relayUrl]);

  const { language } = speech;
  const isUp = snapshot.status.kind === "ready";
  useEffect(() => {
    // Once the machine is up nothing of more weight waits for the course's code.
    if (!course.atOnce && !isUp) return undefined;
    const timer = setTimeout(() => void course.load(language), 0);
    return () => clearTimeout(timer);
  }, [course, language, isUp]);

  const openCourse = useEffectEvent(() => void course.open(language));
  useEffect(() => {
    if (asked === "course") openCourse();
  }, [asked]);
  useEffect(() => nameAppManifest(language), [language]);

  const title = pageTitle(snapshot, speech);
  useEffect(() => {
    document.title = title;
  }, [title]);

  const { fontSize, screenReader } = settings;
  const closeDialog = (): void => setDialog("none");
  const toggleCourse = (): void => void course.toggle(language);
  /** Another machine in place of this one, of which nothing is lost. */
  const replaceMachine = async (beginning: Beginning): Promise<void> => {
    closeDialog();
    await sessions.saver.finish();
    sessions.choice.replace(beginning);
  };
  const replaceByClean = async (): Promise<void> => {
    closeDialog();
    // First: a new release comes by a reload.
    await sessions.saver.finish();
    await release.cleanStart(() => sessions.choice.replace({ kind: "new" }));
  };

  return (
    <div className={styles.app} data-testid="status" data-kind={snapshot.status.kind}>
      <Header
        snapshot={snapshot}
        preview={{ isOpen: isPreviewOpen, toggle: () => (isPreviewOpen ? desk.close() : desk.open()) }}
        course={{ isOpen: lessons.isOpen, failed: lessons.failed, toggle: toggleCourse }}
        save={<SaveMenu sessions={sessions} onManage={() => setDialog("sessions")} />}
        onPause={() => void machine.pause()}
        onResume={() => void machine.resume()}
        onRestart={() => setDialog("restart")}
        onSettings={() => setDialog("settings")}
        onHelp={() => setDialog("help")}
      />
      <Notices onOffline={() => setDialog("offline")} />
      <Workspace
        aside={
          lessons.isOpen && lessons.loaded !== undefined ? (
            <lessons.loaded.Panel store={lessons.loaded.store} onClose={toggleCourse} />
          ) : undefined
        }
        front={lessons.front}
        onShow={(side) => course.show(side)}
      >
        <ErrorBoundary fallback={(error) => <FailurePage error={error} onAction={() => location.reload()} />}>
          <Stage
            machine={machine}
            snapshot={snapshot}
            sessions={sessions}
            onManageSessions={() => setDialog("sessions")}
            hint={hint}
            preview={preview}
            desk={desk}
            Terminals={Terminals}
            look={{ scheme, fontSize, screenReader }}
            renderer={renderer}
          />
        </ErrorBoundary>
      </Workspace>
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement(snapshot, speech)}
      </p>
      {dialog === "settings" ? (
        <SettingsDialog onClose={closeDialog} onOffline={() => setDialog("offline")} />
      ) : null}
      {dialog === "help" ? <HelpDialog onClose={closeDialog} /> : null}
      {dialog === "offline" ? <OfflineDialog onClose={closeDialog} /> : null}
      {dialog === "restart" ? (
        <RestartDialog
          isNewRelease={news.kind !== "none"}
          isKept={sessions.saver.canSave}
          onClose={closeDialog}
          onConfirm={() => void replaceByClean()}
        />
      ) : null}
      {dialog === "sessions" ? (
        <SessionsDialog
          sessions={sessions}
          describePlace={describePlace}
          onOpen={(session) => void replaceMachine(beginningOf(session))}
          onClose={closeDialog}
        />
      ) : null}
    </div>
  );
}
