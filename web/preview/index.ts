export { PreviewPane } from "./pane/PreviewPane";
export { browserPage } from "./browser-page";
export { PreviewStore } from "./preview-store";
export { PortNotice } from "./pane/PortNotice";
export { parseAddress } from "./address";
