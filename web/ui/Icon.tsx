/** The app's own line icons, 20 by 20, drawn with the text's colour. Hidden from screen readers. */
import type { ReactElement } from "react";

const PATHS = {
  pause: "M7 4.5v11M13 4.5v11",
  play: "M6.5 4.2v11.6l9-5.8z",
  reset: "M4.2 8.2A6.2 6.2 0 1 1 3.8 12M4 3.8v4.6h4.6",
  settings: "M3 6h7.2M14.8 6H17M3 14h2.2M9.8 14H17M12.5 3.7v4.6M7.5 11.7v4.6",
  help: "M7.6 7.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M10 14.4v.1M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15z",
  close: "M5 5l10 10M15 5 5 15",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12zM13.4 13.4 17 17",
  up: "M5 12.5 10 7.5l5 5",
  down: "M5 7.5l5 5 5-5",
  left: "M12.5 5l-5 5 5 5",
  right: "M7.5 5l5 5-5 5",
  check: "M4.5 10.5l3.8 3.8 7.2-8",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  paste: "M7 4.5H5v12h10v-12h-2M7.5 3h5v3h-5zM8 10h4M8 13h4",
  globe:
    "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM2.8 8h14.4M2.8 12h14.4M10 2.5c2 2.1 3 4.6 3 7.5s-1 5.4-3 7.5c-2-2.1-3-4.6-3-7.5s1-5.4 3-7.5z",
  back: "M16 10H4.5M9 5.2 4.2 10 9 14.8",
  forward: "M4 10h11.5M11 5.2 15.8 10 11 14.8",
  reload: "M15.8 8.2A6.2 6.2 0 1 0 16.2 12M16 3.8v4.6h-4.6",
  terminal: "M3 4.5h14v11H3zM6 8l2.5 2L6 12M10.5 12.5H14",
  download: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  external: "M8 4.5H4.5v11h11V12M11.5 3.5h5v5M16 4l-6.5 6.5",
  book: "M10 5.2C8.4 4 6 3.7 3 4v11.6c3-.3 5.4 0 7 1.2 1.6-1.2 4-1.5 7-1.2V4c-3-.3-5.4 0-7 1.2zM10 5.2v11.6",
  list: "M7.5 5.5H17M7.5 10H17M7.5 14.5H17M3.5 5.5h.1M3.5 10h.1M3.5 14.5h.1",
  bulb: "M7.5 15h5M8 17.5h4M10 2.5a5 5 0 0 0-3 9c.6.5.9 1.1.9 1.8h4.2c0-.7.3-1.3.9-1.8a5 5 0 0 0-3-9z",
  save: "M4 3.5h9.5l3 3v10H4zM7 3.5v4h5.5v-4M6.5 16.5v-5.5h7v5.5",
  alert: "M10 3 2.5 16.5h15zM10 8.5v3.6M10 14.2v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { readonly name: IconName; readonly size?: number }): ReactElement {
  const { name, size = 20 } = props;
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
