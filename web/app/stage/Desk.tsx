/** The terminals and the preview: side by side, one above the other, or, on a phone, one at a time. */
import type { ReactElement, ReactNode } from "react";
import { PortNotice, PreviewPane, type PreviewStore } from "../../preview";
import type { PublishedPort } from "../../../contract/protocol";
import { useSpeech } from "../../i18n/LanguageContext";
import { useSnapshot } from "../../store";
import { SideTabs } from "../../ui/SideTabs";
import { Splitter } from "../../ui/Splitter";
import { useDeskShape } from "./use-desk-shape";
import type { PreviewDesk } from "./preview-desk";
import styles from "./Desk.module.css";

export interface DeskProps {
  readonly terminals: ReactNode;
  readonly store: PreviewStore;
  readonly desk: PreviewDesk;
  readonly ports: readonly PublishedPort[];
  readonly held: boolean;
}

export function Desk({ terminals, store, desk, ports, held }: DeskProps): ReactElement {
  const { t } = useSpeech();
  const { ref, shape } = useDeskShape();
  const { isOpen, front, fresh } = useSnapshot(desk);
  const isTabbed = shape === "tabs" && isOpen;
  const terminalPane = (
    <div className={styles.pane}>
      {terminals}
      {fresh === undefined ? null : (
        <div className={styles.notice}>
          <PortNotice
            port={fresh}
            onOpen={() => desk.openPort(fresh.port)}
            onDismiss={() => desk.dismiss()}
          />
        </div>
      )}
    </div>
  );
  const previewPane = isOpen ? (
    <div className={styles.pane}>
      <PreviewPane store={store} ports={ports} held={held} onClose={() => desk.close()} />
    </div>
  ) : undefined;
  return (
    <div className={styles.desk} ref={ref}>
      {isTabbed ? (
        <SideTabs
          label={t.preview.switchLabel}
          sides={[
            { side: "terminal", icon: "terminal", text: t.preview.toTerminal },
            { side: "preview", icon: "globe", text: t.preview.label },
          ]}
          shown={front}
          onShow={(side) => desk.show(side)}
        />
      ) : null}
      {/* The same element in every shape: a terminal or a frame that moved in the page would start over. */}
      <Splitter
        direction={shape === "row" ? "row" : "column"}
        label={t.preview.divider}
        first={terminalPane}
        second={previewPane}
        shown={isTabbed ? (front === "terminal" ? "first" : "second") : undefined}
      />
    </div>
  );
}
