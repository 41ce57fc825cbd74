import { parseIpv4 } from "./address";
import { concatBytes } from "../bytes";
import { readU16, writeU16 } from "./bytes";
import type { Clock } from "./clock";
import {
  CLASS_ANY,
  CLASS_IN,
  type DnsQuery,
  type DnsResponse,
  encodeDnsResponse,
  NOERROR,
  NXDOMAIN,
  parseDnsQuery,
  REFUSED,
  SERVFAIL,
  TYPE_A,
  TYPE_ANY,
  TYPE_AXFR,
  udpLimitOf,
} from "./dns";
import { LanError } from "./errors";
import type { Connection } from "./tcp/streams";

/** Short: the table may change when the learner sets up a relay. */
const TTL_SECONDS = 60;
const UPSTREAM_MS = 5000;
const MAX_UPSTREAM = 64;
const TCP_LIMIT = 65535;

/** Looks up names that are not ours: IPv4 addresses, or none when the name does not exist. A throw answers SERVFAIL. */
type Resolver = (name: string) => Promise<readonly string[]>;

export interface DnsOptions {
  /** Our names, in lower case without the last dot, and their IPv4 addresses (none: the name exists without any). */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** By default every other name does not exist, which is answered at once. */
  readonly resolve?: Resolver;
  /** Sent along with NXDOMAIN to clients that show it (`dig`): why there is no such name here. */
  readonly hint?: string;
}

/** A name server for a handful of names. */
export class DnsServer {
  readonly #options: DnsOptions;
  readonly #clock: Clock;
  #asking = 0;

  constructor(options: DnsOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** The response to a message that came by UDP; undefined when it gets none. */
  async answer(message: Uint8Array): Promise<Uint8Array | undefined> {
    const query = parseDnsQuery(message);
    return query && encodeDnsResponse(query, await this.#respond(query), udpLimitOf(query));
  }

  /** Answers what comes over a connection, one after another, each message after its length (RFC 7766 §8). */
  async serve(connection: Connection): Promise<void> {
    const writer = connection.writable.getWriter();
    try {
      let rest = new Uint8Array();
      for await (const chunk of readAll(connection.readable)) {
        rest = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
        while (rest.length >= 2 && rest.length >= 2 + readU16(rest, 0)) {
          const end = 2 + readU16(rest, 0);
          const query = parseDnsQuery(rest.subarray(2, end));
          if (query === undefined) {
            connection.abort();
            return;
          }
          await writer.write(framed(encodeDnsResponse(query, await this.#respond(query), TCP_LIMIT)));
          rest = rest.subarray(end);
        }
      }
      await writer.close();
    } catch (error) {
      // A client that goes away in the middle is not an error.
      if (!(error instanceof LanError)) throw error;
    }
  }

  async #respond(query: DnsQuery): Promise<DnsResponse> {
    const { question } = query;
    if (query.problem !== undefined || question === undefined) return response(query.problem ?? SERVFAIL);
    if (question.class !== CLASS_IN && question.class !== CLASS_ANY) return response(REFUSED);
    if (question.type === TYPE_AXFR) return response(REFUSED);
    const own = this.#options.names.get(question.name);
    try {
      const addresses = own ?? (await this.#ask(question.name));
      if (addresses === undefined) return { ...response(NXDOMAIN), hint: this.#options.hint };
      // Every other type exists without a record: "no such name" would be wrong, and some resolvers give up on it.
      const wanted = question.type === TYPE_A || question.type === TYPE_ANY;
      return {
        ...response(NOERROR),
        authoritative: own !== undefined,
        addresses: wanted ? addresses.map(parseIpv4) : [],
      };
    } catch {
      // The resolver's own error is for its owner to tell; the guest hears that it did not work.
      return response(SERVFAIL);
    }
  }

  async #ask(name: string): Promise<readonly string[] | undefined> {
    const { resolve } = this.#options;
    if (resolve === undefined) return undefined;
    if (this.#asking >= MAX_UPSTREAM) throw new LanError("timeout", "too many names are being looked up");
    this.#asking += 1;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.setTimer(UPSTREAM_MS, () => {
        reject(new LanError("timeout", `looking up ${name} takes too long`));
      });
    });
    try {
      const addresses = await Promise.race([resolve(name), late]);
      return addresses.length === 0 ? undefined : addresses;
    } finally {
      cancel();
      this.#asking -= 1;
    }
  }
}

function response(code: number): DnsResponse {
  return { code, authoritative: false, addresses: [], ttlSeconds: TTL_SECONDS, hint: undefined };
}

function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + message.length);
  writeU16(bytes, 0, message.length);
  bytes.set(message, 2);
  return bytes;
}

/** Not every browser can iterate over a stream by itself. */
async function* readAll(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
