/** The page for a failure, chosen by its code. */
import type { ComponentType, ReactElement } from "react";
import type { SerialisedError } from "../../../contract/errors";
import { FAILURE_PLANS, type FailureAction, type FailurePageName } from "./failure-plan";
import { AgentSilent } from "./AgentSilent";
import { BrowserUnfit } from "./BrowserUnfit";
import { ChunkBad } from "./ChunkBad";
import type { FailurePageProps } from "./FailureLayout";
import { InsecureOrigin } from "./InsecureOrigin";
import { InternalFault } from "./InternalFault";
import { ManifestBad } from "./ManifestBad";
import { MemoryShort } from "./MemoryShort";
import { NetworkLost } from "./NetworkLost";
import { SnapshotBad } from "./SnapshotBad";
import { VersionMismatch } from "./VersionMismatch";
import { WorkerDied } from "./WorkerDied";

const PAGES: Readonly<Record<FailurePageName, ComponentType<FailurePageProps>>> = {
  browser: BrowserUnfit,
  origin: InsecureOrigin,
  memory: MemoryShort,
  network: NetworkLost,
  chunk: ChunkBad,
  manifest: ManifestBad,
  version: VersionMismatch,
  snapshot: SnapshotBad,
  agent: AgentSilent,
  worker: WorkerDied,
  internal: InternalFault,
};

export function FailurePage(props: {
  readonly error: SerialisedError;
  readonly onAction: (action: FailureAction) => void;
}): ReactElement {
  const plan = FAILURE_PLANS[props.error.code];
  const Page = PAGES[plan.page];
  return <Page error={props.error} plan={plan} onAction={props.onAction} />;
}
