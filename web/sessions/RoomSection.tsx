/** How much room is used, what could be freed, and whether the browser promises to keep it. */
import type { ReactElement } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import type { ShelfStore } from "./shelf-store";

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
    <section className="room" data-testid="room">
      <h3>{dialog.room}</h3>
      <p>
        {hasQuota
          ? dialog.roomUsed(format.bytes(sessionBytes), format.bytes(usedBytes), format.bytes(quotaBytes))
          : dialog.roomSessions(format.bytes(sessionBytes))}
      </p>
      {hasQuota ? (
        <meter className="room__meter" aria-label={dialog.room} value={usedBytes / quotaBytes} />
      ) : null}
      {points.length === 0 ? null : (
        <>
          <p className="quiet">{dialog.freeHint}</p>
          <div className="room__ways">
            {points.map(({ id, bytes }) => (
              <button
                key={id}
                type="button"
                className="button"
                disabled={busy !== undefined}
                onClick={() => void shelf.dropPoints(id)}
              >
                {id === shelf.own
                  ? dialog.freePoints(format.bytes(bytes))
                  : dialog.freePointsOf(nameOf(id), format.bytes(bytes))}
              </button>
            ))}
          </div>
        </>
      )}
      {isPersistent === undefined ? null : (
        <>
          <p className="quiet">{isPersistent ? dialog.persistent : dialog.notPersistent}</p>
          {isPersistent ? null : (
            <button type="button" className="button" onClick={() => void shelf.askForPersistence()}>
              {dialog.persist}
            </button>
          )}
        </>
      )}
    </section>
  );
}
