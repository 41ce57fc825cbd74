export { OfflineProvider, ReleaseProvider, useRelease } from "./context";
export { FailureWays } from "./FailureWays";
export { Notices } from "./Notices";
export { OfflineDialog } from "./OfflineDialog";
export { startOffline } from "./start-offline";
