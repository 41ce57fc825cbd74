/** Whether the preview is open, which side a phone shows, and which port there is news of. */
import { useState } from "react";
import type { PublishedPort } from "../../../contract/protocol";
import { parseAddress, type PreviewStore } from "../../preview";

export type DeskSide = "terminal" | "preview";

export interface PreviewDesk {
  readonly isOpen: boolean;
  readonly front: DeskSide;
  /** A port that was published while the preview was closed. */
  readonly fresh: PublishedPort | undefined;
  readonly open: () => void;
  readonly close: () => void;
  readonly show: (side: DeskSide) => void;
  readonly openPort: (port: number) => void;
  /** Opens an address out of a terminal; false when it is none of the machine's own. */
  readonly openLink: (address: string) => boolean;
  readonly dismiss: () => void;
}

export function usePreviewDesk(store: PreviewStore, ports: readonly PublishedPort[]): PreviewDesk {
  const [isOpen, setOpen] = useState(false);
  const [front, setFront] = useState<DeskSide>("preview");
  const [known, setKnown] = useState(ports);
  const [news, setNews] = useState<PublishedPort>();
  if (known !== ports) {
    setKnown(ports);
    setNews(findNews(known, ports, news));
  }
  const open = (): void => {
    setOpen(true);
    setFront("preview");
    setNews(undefined);
  };
  return {
    isOpen,
    front,
    fresh: isOpen ? undefined : news,
    open,
    close: () => setOpen(false),
    show: setFront,
    openPort: (port) => {
      open();
      store.type(String(port));
    },
    openLink: (address) => {
      const parsed = parseAddress(address);
      if (parsed.kind !== "address") return false;
      open();
      store.open(parsed.url);
      return true;
    },
    dismiss: () => setNews(undefined),
  };
}

/** A port that was not there before; else the one that there was news of, while it is there. */
export function findNews(
  before: readonly PublishedPort[],
  now: readonly PublishedPort[],
  news: PublishedPort | undefined,
): PublishedPort | undefined {
  const added = now.find(({ port }) => !before.some((other) => other.port === port));
  return added ?? now.find(({ port }) => port === news?.port);
}
