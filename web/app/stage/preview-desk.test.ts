import { expect, it } from "vitest";
import type { PublishedPort } from "../../../contract/protocol";
import { Store } from "../../store";
import { parseAddress } from "../../preview";
import { EMPTY_PREVIEW } from "../../preview/preview-snapshot";
import { PreviewDesk, previewPlaceSchema } from "./preview-desk";

const at = (port: number): PublishedPort => ({ port, containerPort: 80, container: "web", image: "nginx" });

class Ports extends Store<{ readonly ports: readonly PublishedPort[] }> {
  constructor() {
    super({ ports: [] });
  }
  publish(...ports: number[]): void {
    this.update({ ports: ports.map(at) });
  }
}

function setUp(): { desk: PreviewDesk; machine: Ports; opened: string[]; fresh: () => number | undefined } {
  const machine = new Ports();
  const opened: string[] = [];
  const shown = {
    ...EMPTY_PREVIEW,
    view: { kind: "page", status: 200 },
    address: "http://localhost/a",
  } as const;
  const preview = {
    open: (url: URL) => void opened.push(url.href),
    type: (text: string) => {
      opened.push(text);
      return parseAddress(text);
    },
    getSnapshot: () => shown,
  };
  const desk = new PreviewDesk(preview, machine);
  return { desk, machine, opened, fresh: () => desk.getSnapshot().fresh?.port };
}

it("news is of a port that was not there, as long as it is there", () => {
  const { desk, machine, fresh } = setUp();
  machine.publish(80);
  expect(fresh()).toBe(80);
  machine.publish(80, 81);
  expect(fresh()).toBe(81);
  machine.publish(81);
  expect(fresh()).toBe(81);
  machine.publish();
  expect(fresh()).toBeUndefined();
  machine.publish(82);
  desk.dismiss();
  expect(fresh()).toBeUndefined();
});

it("there is no news of what was published while the preview was open", () => {
  const { desk, machine, fresh } = setUp();
  desk.open();
  machine.publish(80);
  desk.close();
  expect(fresh()).toBeUndefined();
  machine.publish(80, 81);
  expect(fresh()).toBe(81);
});

it("opening a port opens the preview, in front, and settles the news", () => {
  const { desk, machine, opened } = setUp();
  machine.publish(8080);
  desk.show("terminal");
  desk.openPort(8080);
  expect(opened).toEqual(["8080"]);
  expect(desk.getSnapshot()).toEqual({ isOpen: true, front: "preview", fresh: undefined });
});

it("a link in a terminal opens the preview when it leads into the machine, and only then", () => {
  const { desk, opened } = setUp();
  expect(desk.openLink("https://example.com/")).toBe(false);
  expect(desk.getSnapshot().isOpen).toBe(false);
  expect(desk.openLink("http://localhost:8080/a")).toBe(true);
  expect(opened).toEqual(["http://localhost:8080/a"]);
  expect(desk.getSnapshot().isOpen).toBe(true);
});

it("is kept with what it shows, and opened again", () => {
  const { desk, opened } = setUp();
  desk.open();
  const { place } = desk;
  expect(place).toEqual({ isOpen: true, front: "preview", address: "http://localhost/a" });
  const again = setUp();
  again.desk.resume(place);
  expect(again.desk.getSnapshot()).toMatchObject({ isOpen: true, front: "preview" });
  expect(again.opened).toEqual(["http://localhost/a"]);
  again.desk.resume({ ...place, isOpen: false });
  expect(again.desk.getSnapshot().isOpen).toBe(false);
  expect(opened).toEqual([]);
});

it("is closed where what was kept makes no sense", () => {
  expect(previewPlaceSchema.parse({ isOpen: 1, front: "back", address: 7 })).toEqual({
    isOpen: false,
    front: "terminal",
    address: "",
  });
});
