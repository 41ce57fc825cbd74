/**
 * Puts IPv4 fragments together (RFC 791 §3.2, RFC 815 in spirit). The guest fragments only what is larger than the
 * MTU: a long ping, a long UDP datagram. Memory is bounded, and fragments that overlap end their datagram, for no
 * honest sender makes them (as RFC 5722 rules for IPv6).
 */
import type { Clock } from "./clock";
import { IPV4_HEADER_LENGTH, type Ipv4Packet } from "./ipv4";

/** How long a datagram waits for its missing fragments (RFC 1122 §3.3.2 says 60 s at least, for the real Internet). */
const LIFETIME_MS = 30_000;
const MAX_DATAGRAMS = 16;
const MAX_FRAGMENTS = 128;
const MAX_PAYLOAD = 65535 - IPV4_HEADER_LENGTH;

interface Fragment {
  readonly start: number;
  readonly bytes: Uint8Array;
}

interface Datagram {
  readonly expires: number;
  readonly fragments: Fragment[];
  /** Payload bytes of the whole, known once the last fragment is here. */
  total: number | undefined;
  first: Ipv4Packet | undefined;
}

export class Reassembly {
  readonly #clock: Clock;
  readonly #datagrams = new Map<string, Datagram>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Datagrams that wait for more. */
  get size(): number {
    return this.#datagrams.size;
  }

  /** Takes a fragment (its bytes are copied) and gives the whole packet when this was the last that it needed. */
  add(packet: Ipv4Packet): Ipv4Packet | undefined {
    const now = this.#clock.now();
    for (const [key, { expires }] of this.#datagrams) if (expires <= now) this.#datagrams.delete(key);

    const key = `${packet.source}/${packet.destination}/${packet.protocol}/${packet.identification}`;
    let datagram = this.#datagrams.get(key);
    if (datagram === undefined) {
      if (this.#datagrams.size >= MAX_DATAGRAMS) this.#dropOldest();
      datagram = { expires: now + LIFETIME_MS, fragments: [], total: undefined, first: undefined };
      this.#datagrams.set(key, datagram);
    }
    const answer = place(datagram, packet);
    if (answer !== "more") this.#datagrams.delete(key);
    return answer === "bad" || answer === "more" ? undefined : answer;
  }

  #dropOldest(): void {
    for (const key of this.#datagrams.keys()) {
      this.#datagrams.delete(key);
      return;
    }
  }
}

function place(datagram: Datagram, packet: Ipv4Packet): Ipv4Packet | "more" | "bad" {
  const start = packet.fragmentOffset;
  const end = start + packet.payload.length;
  if (packet.moreFragments && (packet.payload.length === 0 || packet.payload.length % 8 !== 0)) return "bad";
  if (end > MAX_PAYLOAD) return "bad";

  if (!packet.moreFragments) {
    if (datagram.total !== undefined && datagram.total !== end) return "bad";
    datagram.total = end;
  }
  for (const other of datagram.fragments) {
    const otherEnd = other.start + other.bytes.length;
    if (other.start === start && otherEnd === end) return "more";
    if (start < otherEnd && other.start < end) return "bad";
  }
  if (datagram.fragments.length >= MAX_FRAGMENTS) return "bad";
  datagram.fragments.push({ start, bytes: packet.payload.slice() });
  if (start === 0) datagram.first = { ...packet, header: packet.header.slice() };

  const { total, first } = datagram;
  if (total === undefined || first === undefined) return "more";
  // Fragments never overlap, so that they cover the whole exactly when their lengths add up to it.
  const held = datagram.fragments.reduce((sum, fragment) => sum + fragment.bytes.length, 0);
  if (held < total) return "more";
  if (held > total) return "bad";
  const payload = new Uint8Array(total);
  for (const fragment of datagram.fragments) payload.set(fragment.bytes, fragment.start);
  return { ...first, moreFragments: false, fragmentOffset: 0, payload };
}
