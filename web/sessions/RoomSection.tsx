/** How much room is used, what could be freed, and whether the browser promises to keep it. */
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { Button } from "../ui/Button";
import type { ShelfStore } from "./shelf-store";
import styles from "./SessionsDialog.module.css";

export function RoomSection(props: {
  readonly shelf: ShelfStore;
  readonly nameOf: (id: string) => string;
}): ReactElement | null {
  const { shelf, nameOf } = props;
  const { t, format } = useSpeech();
  const { room, isPersistent, busy } = useSnapshot(shelf);
  const { dialog } = t.sessions;
  if (room === undefined) return null;
  const { sessionBytes, usedBytes, quotaBytes } = room;
  const points = room.freeable.filter(({ what }) => what === "points");
  const hasQuota = usedBytes !== undefined && quotaBytes !== undefined && quotaBytes > 0;
  return (
    <section data-testid="room">
      <h3>{dialog.room}</h3>
      <p>
        {hasQuota
          ? dialog.roomUsed(format.bytes(sessionBytes), format.bytes(usedBytes), format.bytes(quotaBytes))
          : dialog.roomSessions(format.bytes(sessionBytes))}
      </p>
      {hasQuota ? (
        <meter className={styles.meter} aria-label={dialog.room} value={usedBytes / quotaBytes} />
      ) : null}
      {points.length === 0 ? null : (
        <>
          <p className="quiet">{dialog.freeHint}</p>
          <div className={styles.ways}>
            {points.map(({ id, bytes }) => (
              <Button
                key={id}
                size="s"
                disabled={busy !== undefined}
                onClick={() => void shelf.dropPoints(id)}
              >
                {id === shelf.own
                  ? dialog.freePoints(format.bytes(bytes))
                  : dialog.freePointsOf(nameOf(id), format.bytes(bytes))}
              </Button>
            ))}
          </div>
        </>
      )}
      {isPersistent === undefined ? null : (
        <>
          <p className="quiet">{isPersistent ? dialog.persistent : dialog.notPersistent}</p>
          {isPersistent ? null : (
            <Button onClick={() => void shelf.askForPersistence()}>{dialog.persist}</Button>
          )}
        </>
      )}
    </section>
  );
}
