export { PreviewPane, type PreviewPaneProps } from "./PreviewPane";
export { PreviewStore } from "./preview-store";
export { PortNotice } from "./PortNotice";
export { parseAddress } from "./address";
