import { describe, expect, it } from "vitest";
import { ANSWER_WINDOW, type GuestAnswer, type GuestRequest } from "../../contract/guest-request";
import { settle } from "../testing/settle";
import { answerRequest, type AnswerPort } from "./answer-port";
import { GuestHttpError } from "./errors";
import type { GuestHttp } from "./guest-http";

const request: GuestRequest = { method: "GET", url: "http://localhost/", headers: [], redirect: "follow" };
const head = {
  status: 200,
  reason: "OK",
  headers: [],
  url: "http://localhost/",
  redirected: false,
  cookie: "",
};

/** Node's types know other ways to listen to a port than browsers have. */
type TestPort = AnswerPort & { postMessage(message: unknown): void };

/** A request's port, and all that came over it. */
function open(http: Pick<GuestHttp, "fetch">, asked: unknown = request) {
  const { port1, port2 } = new MessageChannel() as unknown as Record<"port1" | "port2", TestPort>;
  const answers: GuestAnswer[] = [];
  port2.onmessage = ({ data }) => answers.push(data as GuestAnswer);
  const over = answerRequest(http, asked, port1);
  const bytes = (): number =>
    answers.reduce((sum, answer) => sum + (answer.type === "bytes" ? answer.bytes.length : 0), 0);
  return { port: port2, answers, over, bytes };
}

/** Answers every request with `total` bytes, and remembers how far it was read and how it ended. */
function source(total: number) {
  const state = { read: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (state.read >= total) {
          controller.close();
          return;
        }
        const bytes = new Uint8Array(Math.min(100_000, total - state.read));
        state.read += bytes.length;
        controller.enqueue(bytes);
      },
      cancel: () => {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { state, http: { fetch: () => Promise.resolve({ head, body }) } };
}

describe("an answer", () => {
  it("is a head, bytes and an end", async () => {
    const { answers, over, bytes } = open(source(150_000).http);
    await over;
    await expect.poll(() => answers.at(-1)?.type).toBe("end");
    expect(answers[0]).toEqual({ type: "head", head });
    expect(bytes()).toBe(150_000);
  });

  it("is no faster than it is taken", async () => {
    const total = 4 * ANSWER_WINDOW;
    const { state, http } = source(total);
    const { port, over, bytes, answers } = open(http);
    await expect.poll(bytes).toBeGreaterThanOrEqual(ANSWER_WINDOW);
    await settle();
    expect(state.read).toBeLessThan(2 * ANSWER_WINDOW);
    expect(answers.at(-1)?.type).toBe("bytes");
    port.postMessage({ type: "more", bytes: total });
    await over;
    await expect.poll(bytes).toBe(total);
  });

  it("is given up by a word, or by anything else", async () => {
    for (const word of [{ type: "cancel" }, { type: "more", bytes: -1 }, "more", null]) {
      const { state, http } = source(10 * ANSWER_WINDOW);
      const { port, over, answers } = open(http);
      await expect.poll(() => answers.length).toBeGreaterThan(1);
      port.postMessage(word);
      await over;
      expect(state.cancelled).toBe(true);
      await expect.poll(() => answers.at(-1)).toMatchObject({ type: "failed", failure: "bad-request" });
    }
  });

  it("is a failure with its name", async () => {
    const failing = {
      fetch: () => Promise.reject(new GuestHttpError("refused", "nothing listens on port 80")),
    };
    const { answers, over } = open(failing);
    await over;
    await expect
      .poll(() => answers)
      .toEqual([{ type: "failed", failure: "refused", message: "nothing listens on port 80" }]);
  });

  it.each([
    ["nothing", null],
    ["another shape", { method: 1 }],
    ["a body that is no bytes", { ...request, body: "text" }],
    ["headers that are no pairs", { ...request, headers: [["a"]] }],
    ["too many headers", { ...request, headers: Array.from({ length: 300 }, () => ["a", "b"]) }],
    ["an unknown way with redirects", { ...request, redirect: "maybe" }],
  ])("to %s is a bad request", async (_, asked) => {
    const { answers, over } = open({ fetch: () => Promise.reject(new Error("unreachable")) }, asked);
    await over;
    await expect.poll(() => answers.at(0)).toMatchObject({ type: "failed", failure: "bad-request" });
  });
});
