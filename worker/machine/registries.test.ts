/** The registries as hosts of a LAN, asked by an endpoint of our own that plays the guest. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyCatalogue } from "../hub/catalogue/catalogue";
import type { RegistryError } from "../hub/errors";
import { createMemoryStorage } from "../hub/storage/memory-store";
import { systemClock } from "../lan/clock";
import { latin1Bytes as toBytes } from "../http/latin1";
import { readText } from "../http/testing/chunks";
import { createPair, type Pair } from "../lan/testing/pair";
import { HUB_ADDRESS, PRIVATE_ADDRESS, serveRegistries } from "./registries";

let pair: Pair;
let failures: RegistryError[];

beforeEach(() => {
  // Real time: digests are worked out beside the thread.
  pair = createPair({ clock: systemClock, host: { addresses: ["10.0.2.2", HUB_ADDRESS, PRIVATE_ADDRESS] } });
  failures = [];
  serveRegistries(pair.host, systemClock, {
    // Room for nothing but an account or two.
    storage: createMemoryStorage(500),
    catalogue: emptyCatalogue,
    onFailure: (error) => failures.push(error),
  });
});

afterEach(() => pair.close());

async function ask(address: string, port: number, request: string): Promise<string> {
  const connection = await pair.guest.connect({ address, port });
  const writer = connection.writable.getWriter();
  await writer.write(toBytes(request.replaceAll("\n", "\r\n")));
  const answer = readText(connection.readable);
  const closing = writer.close();
  const text = await answer;
  await closing;
  return text;
}

describe("Docker Hub", () => {
  it.each([
    [80, "http"],
    [8443, "https"],
  ])("on port %i sends its client to the token service by %s", async (port, scheme) => {
    const answer = await ask(HUB_ADDRESS, port, "GET /v2/ HTTP/1.1\nHost: registry-1.docker.io\n\n");
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toContain(`realm="${scheme}://auth.docker.io/token"`);
  });

  it("is not to be had on the private registry's port", async () => {
    const refused = pair.guest.connect({ address: HUB_ADDRESS, port: 5000 });
    await expect(refused).rejects.toMatchObject({ code: "refused" });
  });
});

describe("the private registry", () => {
  it("asks for no name", async () => {
    const answer = await ask(
      PRIVATE_ADDRESS,
      5000,
      "GET /v2/ HTTP/1.1\nHost: registry.drydock.local:5000\n\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(failures).toEqual([]);
  });

  it("says on the status line that it is full, in the words that Docker knows, and tells the page", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const head = `POST /v2/a/blobs/uploads/?digest=${digest} HTTP/1.1\nHost: r\nContent-Length: 1000\n\n`;
    const answer = await ask(PRIVATE_ADDRESS, 5000, head + "x".repeat(1000));
    expect(answer).toMatch(/^HTTP\/1\.1 507 .*no space left on device/);
    expect(failures.map(({ code }) => code)).toEqual(["INSUFFICIENT_STORAGE"]);
  });
});
