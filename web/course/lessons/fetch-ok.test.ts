import { describe, expect, it } from "vitest";
import { DrydockError } from "../../../contract/errors";
import { fetchOk } from "./fetch-ok";

const text = (response: Response): Promise<string> => response.text();

describe("fetchOk", () => {
  it("reads a good answer, and no other", async () => {
    expect(await fetchOk("x", () => Promise.resolve(new Response("hello")), text)).toBe("hello");
    await expect(
      fetchOk("x", () => Promise.resolve(new Response("page", { status: 404 })), text),
    ).rejects.toMatchObject({ code: "network", subject: "x", message: "the server answered 404" });
  });

  it("says that the network is at fault, unless the reader knows better", async () => {
    await expect(fetchOk("x", () => Promise.reject(new TypeError("offline")), text)).rejects.toMatchObject({
      code: "network",
      message: "offline",
    });
    const tooLarge = (): Promise<never> => Promise.reject(new DrydockError("bad-request", "too large"));
    await expect(fetchOk("x", () => Promise.resolve(new Response("")), tooLarge)).rejects.toMatchObject({
      code: "bad-request",
    });
  });
});
