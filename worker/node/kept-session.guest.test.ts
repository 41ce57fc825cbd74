/**
 * A machine that is kept, with the real guest: it goes on in another worker as it was, processes and terminals and
 * servers and all; it goes back in place; and a save in the middle of a pull ends cleanly.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GuestAnswer } from "../../contract/guest-request";
import type { ConsoleId, MachineEvent, StartOptions } from "../../contract/protocol";
import type { SaveResult } from "../../contract/sessions";
import { MemorySlotStore } from "../disk/overlay";
import { createDecompress } from "../disk/zstd";
import { Session } from "../session";
import type { SaveFiles } from "../sessions/files";
import { lonelyLocks, MemoryFiles } from "../sessions/memory-files";
import { chunkFolder, readManifest } from "./chunk-folder";
import { readEmulator } from "./machine-in-node";
import { openRegistriesInNode } from "./registries-in-node";
import { builtGuest } from "./testing/built-guest";
import { Screen } from "./testing/screen";

const options: StartOptions = { guestUrl: "https://host/guest/", wasmUrl: "https://host/v86.wasm" };
const PLACE = '{"lesson":"containers","step":2}';

/** A worker without a page, whose page says what it is asked. */
class Tab {
  readonly screens = [new Screen(), new Screen(), new Screen()] as const;
  readonly events: MachineEvent["type"][] = [];
  readonly session: Session;

  constructor(files: SaveFiles) {
    this.session = new Session({
      fetchManifest: () => readManifest(builtGuest()),
      chunkSource: () => chunkFolder(builtGuest()),
      compileEmulator: readEmulator,
      createDecompress,
      openCache: () => Promise.resolve(undefined),
      openSlotStore: () => Promise.resolve(new MemorySlotStore()),
      openSaves: () => Promise.resolve({ files, locks: lonelyLocks() }),
      openRelaySocket: () => ({ send: () => undefined, close: () => undefined }),
      openRegistries: () => openRegistriesInNode({ guestFolder: builtGuest(), onFailure: () => undefined }),
      emit: (event) => this.#take(event),
    });
  }

  #take(event: MachineEvent): void {
    this.events.push(event.type);
    if (event.type === "console") {
      this.screens[event.console].push(event.bytes);
      this.session.consoles.consumed(event.console, event.bytes.byteLength);
    } else if (event.type === "rewound") for (const screen of this.screens) screen.clear();
    else if (event.type === "save-mark") {
      const terminals = this.screens.map(({ text }, id) => ({ console: id as ConsoleId, screen: text }));
      this.session.sessions.pagePart(event.saveId, { terminals, text: "$", place: PLACE });
    }
  }

  type(id: ConsoleId, text: string): Promise<void> {
    return this.session.consoles.input(id, new TextEncoder().encode(text));
  }

  /** What a command prints on a terminal, between two marks. */
  async run(id: ConsoleId, command: string): Promise<string> {
    const screen = this.screens[id];
    screen.clear();
    await this.type(id, `echo "be"gin; ${command}; echo "status $?"\r`);
    const [, output] = await screen.waitFor(/begin\r\n([^]*status \d+)\r\n/);
    return (output ?? "").replaceAll("\r\n", "\n");
  }

  /** What a published port answers. */
  fetch(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let body = "";
      const take = (answer: GuestAnswer): void => {
        if (answer.type === "bytes") body += new TextDecoder().decode(answer.bytes);
        else if (answer.type === "end") resolve(body);
        else if (answer.type === "failed") reject(new Error(answer.message));
      };
      const port = { onmessage: null, postMessage: take, close: () => undefined };
      this.session.guest.request({ method: "GET", url, headers: [], redirect: "follow" }, port);
    });
  }
}

async function clockError(tab: Tab): Promise<number> {
  const before = Date.now() / 1000;
  const guest = Number(/(\d+)\nstatus/.exec(await tab.run(1, "date +%s"))?.[1]);
  return Math.max(before - 1 - guest, guest - Date.now() / 1000, 0);
}

const files = new MemoryFiles();
let first: Tab;
let second: Tab;
let saved: SaveResult;

/** Figures, for whoever runs this by itself; never asserted. */
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const tell = (name: string, { holdMs, bytes, addedBytes }: SaveResult, took: number): void =>
  say(
    `${name}: held ${holdMs.toFixed(0)} ms, ${mebibytes(addedBytes)} more of ${mebibytes(bytes)}, ${seconds(took)}`,
  );

async function save(tab: Tab, name: string, point?: string): Promise<SaveResult> {
  const began = performance.now();
  const result = await tab.session.sessions.save({
    reason: "asked",
    ...(point === undefined ? {} : { point: { label: point, kind: "command" } }),
  });
  tell(name, result, performance.now() - began);
  return result;
}

beforeAll(async () => {
  first = new Tab(files);
  await first.session.start({ ...options, session: "new" });
  await save(first, "a save after boot");
});
afterAll(() => second.session.pause());

describe("a machine that is kept", () => {
  it("is saved while a container runs in a terminal and another serves a port", async () => {
    expect(await first.run(1, "docker run -d --name web -p 8080:80 busybox httpd -f -h /etc")).toContain(
      "status 0",
    );
    await first.type(0, "docker run -it --name inside busybox\r");
    await first.screens[0].waitFor(/\/ # /);
    await first.type(0, `WORD=kept; echo "he"re\r`);
    await first.screens[0].waitFor(/here\r/);
    expect(await first.fetch("http://localhost:8080/hostname")).toMatch(/^[0-9a-f]{12}/);
    saved = await save(first, "a save with two containers");
    // What comes after the save is lost, and only that.
    await first.type(0, `WORD=lost\r`);
    await first.session.pause();
  });

  it("goes on in another worker: what ran runs, what is typed is understood, the clock is right", async () => {
    second = new Tab(files);
    const [listed] = await second.session.sessions.list(options.guestUrl);
    expect(listed).toMatchObject({
      id: saved.sessionId,
      place: PLACE,
      isDamaged: false,
      isOlderGuest: false,
    });
    const began = performance.now();
    await second.session.start({ ...options, session: { id: saved.sessionId } });
    say(`going on: ${seconds(performance.now() - began)}`);
    await second.screens[0].waitFor(/here\r/);
    await second.type(0, `echo "still" $WORD\r`);
    await second.screens[0].waitFor(/still kept\r/);
    expect(await clockError(second)).toBeLessThan(2);
    expect(await second.fetch("http://localhost:8080/hostname")).toMatch(/^[0-9a-f]{12}/);
    expect(await second.run(1, "docker ps --format '{{.Names}}' | sort")).toContain("inside\nweb\nstatus 0");
    expect(await second.run(2, "docker run --rm busybox echo works")).toContain("works\nstatus 0");
    expect(await second.run(2, "dmesg | grep -c 'I/O error'")).toContain("0\n");
  });

  it("goes back in place to a restore point, as often as one likes", async () => {
    const { pointId } = await save(second, "a restore point", "before the mess");
    for (let time = 0; time < 2; time++) {
      expect(await second.run(1, "docker rm -f web; docker ps -q | wc -l")).toContain("1\nstatus 0");
      await second.type(0, "WORD=gone\r");
      const began = performance.now();
      await second.session.sessions.goBack(pointId ?? "");
      say(`a point back: ${seconds(performance.now() - began)}`);
      await second.type(0, `echo "again" $WORD\r`);
      await second.screens[0].waitFor(/again kept\r/);
      expect(await second.run(1, "docker ps --format '{{.Names}}' | sort")).toContain(
        "inside\nweb\nstatus 0",
      );
      expect(await second.run(2, "docker run --rm busybox echo works")).toContain("works\nstatus 0");
      expect(await second.fetch("http://localhost:8080/hostname")).toMatch(/^[0-9a-f]{12}/);
      expect(await clockError(second)).toBeLessThan(2);
    }
    expect(await second.session.sessions.points()).toMatchObject([
      { label: "before the mess", place: PLACE },
    ]);
  });

  it("is saved in the middle of a pull, and ends it cleanly when it goes back there", async () => {
    second.screens[1].clear();
    await second.type(1, 'docker pull nginx; echo "ended " $?\r');
    await second.screens[1].waitFor(/Pulling from/);
    const { pointId } = await save(second, "a save in the middle of a pull", "pulling");
    await second.screens[1].waitFor(/ended {2}\d+\r/);
    await second.session.sessions.goBack(pointId ?? "");
    const [, status] = await second.screens[1].waitFor(/ended {2}(\d+)\r/);
    say(`the pull ended with ${status ?? ""}: ${second.screens[1].text.slice(-300)}`);
    expect(await second.run(2, "docker pull -q nginx && docker run --rm nginx nginx -v")).toContain(
      "status 0",
    );
    expect(await second.run(2, "docker run --rm busybox echo works")).toContain("works\nstatus 0");
  });
});
