/** The page under the header: the stage, and beside it the course; on a narrow screen one of the two at a time. */
import type { ReactElement, ReactNode } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { Icon } from "../ui/Icon";
import { Splitter } from "../ui/Splitter";
import type { WorkspaceSide } from "./use-course";
import "./styles/workspace.css";

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
    <main className="workspace" data-split={isSplit} data-front={front}>
      {isSplit ? (
        <div className="workspace__tabs" role="group" aria-label={t.course.viewLabel}>
          {(["course", "stage"] as const).map((side) => (
            <button
              key={side}
              type="button"
              className="workspace__tab"
              aria-pressed={front === side}
              onClick={() => onShow(side)}
            >
              <Icon name={side === "course" ? "book" : "terminal"} size={18} />
              {side === "course" ? t.course.lessonTab : t.course.stageTab}
            </button>
          ))}
        </div>
      ) : null}
      {/* The stage keeps its place in the page whether the course is there or not: its terminals live in it. */}
      <Splitter
        direction="row"
        label={t.course.resize}
        initialShare={ASIDE_SHARE}
        first={<div className="workspace__aside">{aside}</div>}
        second={<div className="workspace__stage">{children}</div>}
      />
    </main>
  );
}
