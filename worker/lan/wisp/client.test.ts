/** The client against a relay that we play ourselves, and one that talks nonsense. */
import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/random";
import { type RelaySocketEvents, WispClient } from "./client";
import { encodePacket, parsePacket, type WispPacket } from "./packet";

interface Scene {
  readonly client: WispClient;
  /** What the client has sent, its first byte (the type) and the rest. */
  readonly sent: Uint8Array[];
  readonly say: (packet: WispPacket) => void;
  readonly events: () => RelaySocketEvents;
  readonly opened: () => number;
}

function scene(): Scene {
  let events: RelaySocketEvents | undefined;
  let opened = 0;
  const sent: Uint8Array[] = [];
  const client = new WispClient("ws://relay/", (_, given) => {
    events = given;
    opened += 1;
    return { send: (message) => sent.push(message), close: () => undefined };
  });
  const current = (): RelaySocketEvents => {
    if (events === undefined) throw new Error("no socket");
    return events;
  };
  return {
    client,
    sent,
    events: current,
    say: (packet) => current().onMessage(encodePacket(packet)),
    opened: () => opened,
  };
}

const log = () => {
  const said: string[] = [];
  return {
    said,
    onData: (bytes: Uint8Array) => said.push(new TextDecoder().decode(bytes)),
    onEnd: (good: boolean) => said.push(good ? "end" : "failed"),
  };
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("packets", () => {
  it("are laid out as the protocol says", () => {
    expect(encodePacket({ type: "connect", stream: 0x01020304, host: "a.b", port: 443 })).toEqual(
      Uint8Array.from([1, 4, 3, 2, 1, 1, 0xbb, 1, 0x61, 0x2e, 0x62]),
    );
    expect(encodePacket({ type: "close", stream: 1, reason: 2 })).toEqual(
      Uint8Array.from([4, 1, 0, 0, 0, 2]),
    );
    const packets: WispPacket[] = [
      { type: "data", stream: 7, bytes: Uint8Array.of(1, 2) },
      { type: "continue", stream: 0, packets: 128 },
      { type: "close", stream: 9, reason: 3 },
    ];
    for (const packet of packets) expect(parsePacket(encodePacket(packet))).toEqual(packet);
  });

  it.each([
    [[]],
    [[2, 0, 0, 0]],
    [[3, 0, 0, 0, 0, 1, 2, 3]],
    [[4, 1, 0, 0, 0]],
    [[9, 1, 0, 0, 0, 1]],
    [[1, 1, 0, 0, 0]],
  ])("%j is not what a relay sends", (bytes) => {
    expect(parsePacket(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe("a stream", () => {
  it("waits for the relay's first word, and for credit", async () => {
    const { client, sent, say } = scene();
    const stream = client.connect("example.com", 80, log());
    const all = (async () => {
      for (const text of ["a", "b", "c"]) await stream.send(new TextEncoder().encode(text));
    })();
    await settle();
    expect(sent).toEqual([]);
    say({ type: "continue", stream: 0, packets: 1 });
    await settle();
    expect(sent.map(([type]) => type)).toEqual([1, 2]);
    say({ type: "continue", stream: 1, packets: 2 });
    await settle();
    expect(sent.map(([type]) => type)).toEqual([1, 2, 2, 2]);
    await all;
  });

  it("hears what is its own, and nothing after the end", () => {
    const { client, say } = scene();
    const [one, two] = [log(), log()];
    client.connect("a", 1, one);
    client.connect("b", 2, two);
    say({ type: "continue", stream: 0, packets: 9 });
    say({ type: "data", stream: 1, bytes: new TextEncoder().encode("for one") });
    say({ type: "data", stream: 2, bytes: new TextEncoder().encode("for two") });
    say({ type: "close", stream: 1, reason: 2 });
    say({ type: "data", stream: 1, bytes: new TextEncoder().encode("late") });
    say({ type: "close", stream: 2, reason: 0x42 });
    expect(one.said).toEqual(["for one", "end"]);
    expect(two.said).toEqual(["for two", "failed"]);
    expect(client.size).toBe(0);
  });

  it("fails with the socket, and the next one opens another", async () => {
    const { client, events, opened, say } = scene();
    const first = log();
    const stream = client.connect("a", 1, first);
    say({ type: "continue", stream: 0, packets: 0 });
    const sending = stream.send(Uint8Array.of(1));
    events().onClose();
    expect(first.said).toEqual(["failed"]);
    await expect(sending).rejects.toMatchObject({ code: "reset" });
    client.connect("a", 1, log());
    expect(opened()).toBe(2);
  });
});

it("does not mind what a broken relay says", () => {
  const random = seededRandom(3);
  const { client, events, say } = scene();
  client.connect("a", 1, log());
  say({ type: "continue", stream: 0, packets: 5 });
  for (let round = 0; round < 20_000; round += 1) {
    const length = Math.floor(random() * 12);
    const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 6));
    events().onMessage(bytes);
  }
  expect(client.size).toBeLessThanOrEqual(1);
});
