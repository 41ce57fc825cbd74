/** The page under the header: the stage, and beside it, when there is one, a second column. */
import type { ReactElement, ReactNode } from "react";
import "./styles/workspace.css";

export interface WorkspaceProps {
  /** What is read beside the stage; above it on a narrow screen. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Workspace({ aside, children }: WorkspaceProps): ReactElement {
  return (
    <main className={aside === undefined ? "workspace" : "workspace workspace--split"}>
      {aside === undefined ? null : <div className="workspace__aside">{aside}</div>}
      <div className="workspace__stage">{children}</div>
    </main>
  );
}
