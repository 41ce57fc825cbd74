/** The contract's group for kept machines. */
import { DrydockError } from "../contract/errors";
import type { SessionService } from "../contract/sessions";

const noStorage = (): Promise<never> =>
  Promise.reject(new DrydockError("no-storage", "this browser keeps no machines"));

/** Where nothing is kept. */
export const noSessions: SessionService = {
  list: () => Promise.resolve([]),
  save: noStorage,
  pagePart: () => undefined,
  saveAs: noStorage,
  rename: noStorage,
  drop: noStorage,
  export: noStorage,
  import: noStorage,
  room: noStorage,
  points: noStorage,
  goBack: noStorage,
  dropPoints: noStorage,
};
