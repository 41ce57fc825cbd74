/** "Make everything available offline": what it costs by part, chosen, fetched, verified and freed again. */
import { useEffect, type ReactElement } from "react";
import type { PartId } from "../../contract/offline";
import { useSpeech, type Speech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Dialog } from "../ui/Dialog";
import { useOffline } from "./context";
import { isKept } from "./shell-link";
import type { Activity, OfflineSnapshot } from "./offline-store";
import { sizeOf } from "./sums";
import styles from "./OfflineDialog.module.css";

export function OfflineDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const speech = useSpeech();
  const { t } = speech;
  const { store, ...snapshot } = useOffline();
  const { survey, activity, wanted } = snapshot;
  useEffect(() => void store.look(), [store]);
  const isFetching = activity.kind === "fetching" || activity.kind === "waiting";
  const isBusy = activity.kind === "verifying" || activity.kind === "freeing" || activity.kind === "looking";
  const size = survey === undefined ? undefined : sizeOf(survey, wanted);
  const footer = (
    <>
      <Button disabled={survey === undefined || isBusy || isFetching} onClick={() => void store.verify()}>
        {t.offline.verify}
      </Button>
      {isFetching ? (
        <Button look="primary" icon="pause" onClick={() => void store.pause()}>
          {t.offline.pause}
        </Button>
      ) : (
        <Button
          look="primary"
          icon="download"
          disabled={isBusy || size === undefined || size.kept === size.bytes}
          onClick={() => void store.start()}
        >
          {size === undefined || size.kept === 0 ? t.offline.fetch : t.offline.goOn}
        </Button>
      )}
    </>
  );
  return (
    <Dialog title={t.offline.title} closeLabel={t.actions.close} onClose={onClose} footer={footer} wide>
      <p>{t.offline.lead}</p>
      {isKept() ? null : (
        <Card tone="signal" icon="alert">
          <span>{t.offline.notKept}</span>
        </Card>
      )}
      <PartList locked={isFetching || isBusy} />
      <Summary snapshot={snapshot} speech={speech} />
      <p className="quiet">{t.offline.persistence[snapshot.persistence]}</p>
    </Dialog>
  );
}

/** While something is under way the choice stands. */
function PartList({ locked }: { readonly locked: boolean }): ReactElement | null {
  const { t } = useSpeech();
  const { store, survey, wanted } = useOffline();
  if (survey === undefined) return null;
  const ids = survey.parts.map(({ id }) => id);
  const isAll = ids.every((id) => wanted.has(id));
  const groups = [
    { title: t.offline.groups.base, ids: ids.filter((id) => !isImage(id)) },
    { title: t.offline.groups.images, ids: ids.filter(isImage) },
  ];
  return (
    <>
      <Button
        className={styles.all}
        size="s"
        disabled={locked}
        onClick={() => ids.forEach((id) => store.choose(id, !isAll))}
      >
        {isAll ? t.offline.none : t.offline.all}
      </Button>
      {groups.map((group) => (
        <fieldset key={group.title} className={styles.group} disabled={locked}>
          <legend>{group.title}</legend>
          <ul>
            {group.ids.map((id) => (
              <PartRow key={id} id={id} />
            ))}
          </ul>
        </fieldset>
      ))}
    </>
  );
}

function PartRow({ id }: { readonly id: PartId }): ReactElement | null {
  const { t, format } = useSpeech();
  const { store, survey, wanted } = useOffline();
  if (survey === undefined) return null;
  const { bytes, kept } = sizeOf(survey, [id]);
  const { name, hint } = isImage(id) ? { name: imageName(id), hint: undefined } : t.offline.parts[id];
  const total = format.bytes(bytes);
  return (
    <li className={styles.row} data-testid={`part-${id}`}>
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={wanted.has(id)}
          onChange={(event) => store.choose(id, event.target.checked)}
        />
        <span>
          {name}
          {hint === undefined ? null : <span className="quiet">{hint}</span>}
        </span>
      </label>
      <span className={styles.size} data-whole={kept === bytes}>
        {kept === 0 || kept === bytes ? total : t.offline.partly(format.bytes(kept), total)}
        {kept === bytes ? <span className={styles.here}>{t.offline.here}</span> : null}
      </span>
      <Button
        look="quiet"
        size="s"
        icon="close"
        label={t.offline.free(name)}
        disabled={kept === 0}
        onClick={() => void store.free(id)}
      />
    </li>
  );
}

function Summary(props: { readonly snapshot: OfflineSnapshot; readonly speech: Speech }): ReactElement {
  const { snapshot, speech } = props;
  const { survey, wanted, activity, verified, room } = snapshot;
  const { t, format } = speech;
  const size = survey === undefined ? undefined : sizeOf(survey, wanted);
  const chosen = (): string => {
    if (size === undefined) return activity.kind === "failed" ? "" : t.offline.looking;
    if (size.bytes === 0) return t.offline.nothing;
    const missing = size.bytes - size.kept;
    const all = format.bytes(size.bytes);
    return missing === 0 ? t.offline.chosenHere(all) : t.offline.chosen(all, format.bytes(missing));
  };
  return (
    <div className={styles.summary}>
      <p data-testid="offline-chosen">{chosen()}</p>
      {size === undefined || size.bytes === 0 ? null : (
        <progress aria-label={t.offline.progress} value={size.kept} max={size.bytes} />
      )}
      <div role="status" data-testid="offline-state" data-kind={activity.kind}>
        <ActivityLine activity={activity} speech={speech} />
        {verified === undefined ? null : (
          <p>
            {verified.damaged === 0
              ? t.offline.verified(format.count(verified.checked))
              : t.offline.damaged(format.count(verified.damaged), format.count(verified.checked))}
          </p>
        )}
      </div>
      {room === undefined ? null : (
        <p className="quiet">{t.offline.room(format.bytes(room.used), format.bytes(room.quota))}</p>
      )}
    </div>
  );
}

function ActivityLine(props: { readonly activity: Activity; readonly speech: Speech }): ReactElement | null {
  const { activity, speech } = props;
  const { t, format } = speech;
  switch (activity.kind) {
    case "verifying":
      return <p>{t.offline.verifying(format.count(activity.checked))}</p>;
    case "waiting":
      return <p>{t.offline.waiting}</p>;
    case "full":
      return (
        <Card tone="signal" icon="alert">
          <span>{t.offline.full}</span>
        </Card>
      );
    case "failed":
      return (
        <Card tone="bad" icon="alert">
          <span>{t.offline.failed(activity.error.message)}</span>
        </Card>
      );
    case "idle":
    case "looking":
    case "fetching":
    case "paused":
    case "freeing":
      return null;
  }
}

function isImage(id: PartId): id is Extract<PartId, `image:${string}`> {
  return id.startsWith("image:");
}

/** As Docker's own pages call it: official images without their `library/`. */
function imageName(id: string): string {
  return id.replace(/^image:(library\/)?/u, "");
}
