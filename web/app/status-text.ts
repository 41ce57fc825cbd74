/** The machine's status in words: in the header, in the page's title, and for screen readers. */
import type { MachineSnapshot } from "../vm/machine-client";
import type { Speech } from "../i18n/LanguageContext";
import { FAILURE_PLANS } from "./failures/failure-plan";
import { overallShare, startProgress } from "./start/start-progress";

type Words = Pick<Speech, "t" | "format">;

/** For the header: short, and with the stage's own percentage. */
export function statusLabel({ status, fault }: MachineSnapshot, { t, format }: Words): string {
  const share = startProgress(status)?.share;
  switch (status.kind) {
    case "loading":
      return share === undefined ? t.status.connecting : t.status.loading(format.percent(share));
    case "restoring":
      return t.status.restoring(format.percent(share ?? 0));
    case "ready":
      return fault === undefined ? t.status.ready : t.status.fault;
    case "idle":
    case "booting":
    case "paused":
    case "failed":
      return t.status[status.kind];
  }
}

/** For the title of the tab, which may be one of many. */
export function pageTitle({ status, fault }: MachineSnapshot, { t, format }: Words): string {
  const progress = startProgress(status);
  if (progress?.share !== undefined) return t.title.starting(format.percent(overallShare(progress)));
  switch (status.kind) {
    case "idle":
    case "loading":
    case "restoring":
    case "booting":
      return t.title.busy;
    case "ready":
      return fault === undefined ? t.title.ready : t.title.fault;
    case "paused":
    case "failed":
      return t.title[status.kind];
  }
}

/** For screen readers: changes only when there is something new to hear, never with a percentage. */
export function announcement({ status, fault }: MachineSnapshot, { t }: Words): string {
  switch (status.kind) {
    case "idle":
      return "";
    case "failed":
      return t.announce.failed(t.failures[FAILURE_PLANS[status.error.code].page].heading);
    case "ready":
      return fault === undefined ? t.announce.ready : t.announce.fault;
    case "loading":
    case "restoring":
    case "booting":
    case "paused":
      return t.announce[status.kind];
  }
}
