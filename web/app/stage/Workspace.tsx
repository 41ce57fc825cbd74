/** The page under the header: the stage, and beside it the course; on a narrow screen one of the two at a time. */
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { SideTabs } from "../../ui/SideTabs";
import { Splitter } from "../../ui/Splitter";
import type { WorkspaceSide } from "./course-desk";
import styles from "./Workspace.module.css";

export interface WorkspaceProps {
  /** What is read beside the stage. */
  readonly aside: ReactNode | undefined;
  /** Which of the two a narrow screen shows. */
  readonly front: WorkspaceSide;
  readonly onShow: (side: WorkspaceSide) => void;
  readonly children: ReactNode;
}

const ASIDE_SHARE = 0.38;

export function Workspace({ aside, front, onShow, children }: WorkspaceProps): ReactElement {
  const { t } = useSpeech();
  const isSplit = aside !== undefined;
  return (
    <main className={styles.workspace}>
      {isSplit ? (
        <SideTabs
          label={t.course.viewLabel}
          sides={[
            { side: "course", icon: "book", text: t.course.lessonTab },
            { side: "stage", icon: "terminal", text: t.course.stageTab },
          ]}
          shown={front}
          onShow={onShow}
          className={styles.switch}
        />
      ) : null}
      {/* The stage keeps its place in the page whether the course is there or not: its terminals live in it. */}
      <Splitter
        direction="row"
        label={t.course.resize}
        initialShare={ASIDE_SHARE}
        shown={isSplit ? undefined : "second"}
        narrow={front === "course" ? "first" : "second"}
        first={<div className={styles.side}>{aside}</div>}
        second={<div className={styles.side}>{children}</div>}
      />
    </main>
  );
}
