/** Whether the preview is open, which side a phone shows, and which port there is news of. */
import { z } from "zod";
import type { PublishedPort } from "../../../contract/protocol";
import { parseAddress, type PreviewStore } from "../../preview";
import { Store, type StoreView } from "../../store";

export type DeskSide = "terminal" | "preview";

export interface PreviewDeskSnapshot {
  readonly isOpen: boolean;
  readonly front: DeskSide;
  /** A port that was published while the preview was closed. */
  readonly fresh: PublishedPort | undefined;
}

/** What of the preview is kept with the machine. Each field falls back by itself. */
export const previewPlaceSchema = z.object({
  isOpen: z.boolean().catch(false),
  front: z.enum(["terminal", "preview"]).catch("terminal"),
  /** What it showed; empty for nothing. */
  address: z.string().catch(""),
});
export type PreviewPlace = Readonly<z.infer<typeof previewPlaceSchema>>;

type Preview = Pick<PreviewStore, "open" | "type" | "getSnapshot">;

export class PreviewDesk extends Store<PreviewDeskSnapshot> {
  readonly #preview: Preview;
  #ports: readonly PublishedPort[];

  constructor(preview: Preview, machine: StoreView<{ readonly ports: readonly PublishedPort[] }>) {
    super({ isOpen: false, front: "preview", fresh: undefined });
    this.#preview = preview;
    this.#ports = machine.getSnapshot().ports;
    machine.subscribe(() => this.#follow(machine.getSnapshot().ports));
  }

  open(): void {
    this.update({ isOpen: true, front: "preview", fresh: undefined });
  }

  close(): void {
    this.update({ isOpen: false });
  }

  show(front: DeskSide): void {
    this.update({ front });
  }

  openPort(port: number): void {
    this.open();
    this.#preview.type(String(port));
  }

  /** What is kept of the preview. */
  get place(): PreviewPlace {
    const { isOpen, front } = this.getSnapshot();
    const { view, address } = this.#preview.getSnapshot();
    return { isOpen, front, address: view.kind === "empty" ? "" : address };
  }

  /** Shows the preview as it was when the machine was saved that runs now. An address that is none is left out. */
  resume({ isOpen, front, address }: PreviewPlace): void {
    this.update({ isOpen, front, fresh: undefined });
    if (isOpen) this.#preview.type(address);
  }

  /** Opens an address out of a terminal; false when it is not the machine's. */
  openLink(address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed.kind !== "address") return false;
    this.open();
    this.#preview.open(parsed.url);
    return true;
  }

  dismiss(): void {
    this.update({ fresh: undefined });
  }

  /** News is of a port that was not there before; what there was news of stays while the port is there. */
  #follow(ports: readonly PublishedPort[]): void {
    const before = this.#ports;
    if (ports === before) return;
    this.#ports = ports;
    const { isOpen, fresh } = this.getSnapshot();
    const added = ports.find(({ port }) => !before.some((other) => other.port === port));
    // An open preview shows the ports itself.
    if (!isOpen) this.update({ fresh: added ?? ports.find(({ port }) => port === fresh?.port) });
  }
}
