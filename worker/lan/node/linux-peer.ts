/**
 * Our endpoint against a real Linux: makes a network namespace with a TAP device, plugs a LAN into it, and lets `ping`,
 * `dig`, `curl` and others talk to it. By hand, as root: `npx tsx worker/lan/node/linux-peer.ts [--mtu 1500] [--only NAME]`.
 * Wants iputils-ping, bind9-dnsutils, ntpsec-ntpdate, busybox, curl and netcat-openbsd. Nothing leaves the namespace.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { messageOf } from "../../../contract/errors";
import { systemClock } from "../clock";
import type { EthernetPort } from "../ethernet";
import { createLan } from "../lan";
import type { Connection } from "../tcp/streams";
import { seededRandom } from "../testing/random";
import { openLinuxPeer } from "./tap-port";

const { values } = parseArgs({
  options: { mtu: { type: "string", default: "1500" }, only: { type: "string", default: "" } },
});
const mtu = Number(values.mtu);
const MIB = 1024 * 1024;
/** What is served, again and again: a mebibyte of random bytes. */
const BLOB = (() => {
  const random = seededRandom(1);
  return Uint8Array.from({ length: MIB }, () => Math.floor(random() * 256));
})();

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const sha256 = (bytes: number): string => {
  const hash = createHash("sha256");
  for (let left = bytes; left > 0; left -= BLOB.length)
    hash.update(BLOB.subarray(0, Math.min(left, BLOB.length)));
  return hash.digest("hex");
};

const peer = openLinuxPeer(mtu);
let faulty = false;
let failures = 0;
const lan = createLan({
  port: withFaults(peer.port),
  clock: systemClock,
  addresses: ["10.0.2.2", "10.0.2.3"],
  mtu,
  lease: "10.0.2.15",
  wallClock: () => Date.now(),
  dns: {
    names: new Map([["registry-1.docker.io", ["10.0.2.3"]]]),
    hint: "there is no Internet here",
  },
});
// GET /<bytes> gives so many bytes; PUT takes them. `slow-put` sleeps in the middle of reading.
lan.listen({ port: 80 }, (connection) => void serve(connection).catch(() => connection.abort()));
lan.listen(
  { port: 7 },
  (connection) => void connection.readable.pipeTo(connection.writable).catch(() => undefined),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    peer.close();
    process.exit(1);
  });
}
try {
  await runChecks();
} finally {
  lan.close();
  peer.close();
}
print(failures === 0 ? "all passed" : `${failures} FAILED`);
process.exitCode = failures === 0 ? 0 : 1;

async function runChecks(): Promise<void> {
  await check("ping", "ping -c 3 -i 0.2 -q 10.0.2.2", /3 received, 0% packet loss/);
  await check("ping of 8000 bytes, in fragments", "ping -c 2 -i 0.2 -s 8000 -q 10.0.2.3", /2 received, 0%/);
  await check("ping to the outer world", "ping -c 1 -W 2 192.0.2.1; true", /Destination Net Unreachable/);
  await check(
    "DHCP",
    "busybox udhcpc -i tap0 -n -q -f -t 3 -s /bin/true 2>&1",
    /lease of 10\.0\.2\.15 obtained from 10\.0\.2\.2/,
  );
  await check("DNS: A", "dig +short registry-1.docker.io", /^10\.0\.2\.3$/m);
  await check("DNS: AAAA", "dig registry-1.docker.io AAAA", /status: NOERROR[^]*ANSWER: 0/);
  await check(
    "DNS: NXDOMAIN with a hint",
    "dig www.example.org",
    /status: NXDOMAIN[^]*there is no Internet here/,
  );
  await check("DNS: TCP", "dig +tcp +short registry-1.docker.io", /^10\.0\.2\.3$/m);
  await check(
    "DNS: another version of EDNS",
    "dig +edns=1 +noednsnegotiation registry-1.docker.io",
    /BADVERS/,
  );
  await check("DNS: an update", "dig +opcode=update +norec example.org", /NOTIMP/);
  await check("DNS: the C library", "getent ahostsv4 registry-1.docker.io", /10\.0\.2\.3/);
  await check(
    "DNS: the C library, no such name",
    "getent ahosts www.example.org; echo status $?",
    /status 2/,
  );
  await check("NTP", "ntpdate -q 10.0.2.2", /[+-]0\.0\d+.*10\.0\.2\.2 s1/);
  await check("a closed port", "curl -s -m 5 http://10.0.2.2:81/; echo status $?", /status 7/);
  await check("the outer world", "curl -s -m 5 http://192.0.2.1/; echo status $?", /status 7/);
  await check("a closed UDP port", "dig +tries=1 +time=2 -p 5353 @10.0.2.2 a.b", /connection refused/);
  await check("half-close", "printf hello | nc -N 10.0.2.2 7", /^hello$/);

  await transfer("256 MiB to curl", `curl -sS http://10.0.2.3/${256 * MIB} | sha256sum`, 256 * MIB);
  await check(
    "its speed",
    `curl -sS -o /dev/null -w '%{size_download} bytes, %{speed_download} B/s' http://10.0.2.3/${256 * MIB}`,
    /268435456 bytes/,
  );
  await upload("128 MiB from curl", "put", 128 * MIB);
  const slow = "{ head -c 8388608; sleep 10; cat; } | sha256sum";
  await transfer(
    "16 MiB to a reader that sleeps 10 s",
    `curl -sS http://10.0.2.3/${16 * MIB} | ${slow}`,
    16 * MIB,
  );
  await upload("16 MiB from curl while we sleep 5 s", "slow-put", 16 * MIB);
  await check(
    "200 connections at once",
    "curl -sS --parallel --parallel-immediate --parallel-max 200 -o /dev/null -w '%{size_download}\n' 'http://10.0.2.3/500000?[1-200]' | sort | uniq -c",
    /^\s+200 500000$/m,
  );
  await check(
    "20,000 connections one after another",
    "curl -sS -o /dev/null -w '%{size_download}\n' 'http://10.0.2.3/100?[1-20000]' | sort | uniq -c",
    /^\s+20000 100$/m,
  );

  await connectInto();
  await useBadWire();
  const begin = performance.now();
  while (lan.figures().connections > 0 && performance.now() - begin < 180_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const figures = lan.figures();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const verdict = figures.connections === 0 ? "pass" : fail();
  print(`${verdict}: nothing is left after ${seconds} s: ${JSON.stringify(figures)}`);
}

/** The other direction: a server inside, reached by `connect`. */
async function connectInto(): Promise<void> {
  const server = peer.run("cd / && timeout 20 busybox httpd -f -p 8080 -h /etc");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const connection = await lan.connect({ address: "10.0.2.15", port: 8080 });
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode("GET /hostname HTTP/1.0\r\n\r\n"));
  const text = await new Response(connection.readable).text();
  await writer.close();
  print(
    `${text.startsWith("HTTP/1.1 200 OK") ? "pass" : fail()}: a server inside: ${text.split("\r\n")[0] ?? ""}`,
  );
  const refused = await lan.connect({ address: "10.0.2.15", port: 8081 }).then(
    () => "it is open",
    (error: unknown) => messageOf(error),
  );
  print(`${refused.includes("nobody listens") ? "pass" : fail()}: a closed port inside: ${refused}`);
  await peer.run("busybox pkill -f 'busybox httpd -f -p 8080 -h /etc'");
  await server;
}

/** Linux's own retransmission against ours, over a wire that loses, doubles, and flips bits. */
async function useBadWire(): Promise<void> {
  faulty = true;
  await transfer("8 MiB to curl over a bad wire", `curl -sS http://10.0.2.3/${8 * MIB} | sha256sum`, 8 * MIB);
  await upload("4 MiB from curl over a bad wire", "put", 4 * MIB);
  faulty = false;
}

async function check(name: string, command: string, expected: RegExp): Promise<void> {
  if (!name.includes(values.only)) return;
  const begin = performance.now();
  const { output } = await peer.run(command);
  const ms = (performance.now() - begin).toFixed(0);
  const line = expected.exec(output)?.[0].trim().split("\n")[0];
  if (line === undefined) print(`${fail()}: ${name}: ${command}\n${output}`);
  else
    print(
      `pass: ${name} (${ms} ms): ${
        output
          .trim()
          .split("\n")
          .findLast((text) => text.includes(line)) ?? line
      }`,
    );
}

async function transfer(name: string, command: string, bytes: number): Promise<void> {
  if (!name.includes(values.only)) return;
  const expected = sha256(bytes);
  const begin = performance.now();
  const { output } = await peer.run(command);
  const seconds = (performance.now() - begin) / 1000;
  const rate = (bytes / 1e6 / seconds).toFixed(1);
  print(
    `${output.includes(expected) ? "pass" : fail()}: ${name}: ${seconds.toFixed(1)} s, ${rate} MB/s, sha256 the same`,
  );
}

/** curl sends what it has fetched before; the server says what it got. */
async function upload(name: string, path: string, bytes: number): Promise<void> {
  const send = `curl -sS -T $f -H Expect: -w '%{speed_upload} B/s' http://10.0.2.3/${path}`;
  const command = `f=$(mktemp); curl -sS -o $f http://10.0.2.3/${bytes}; ${send}; rm $f`;
  await check(name, command, new RegExp(`sha256 ${sha256(bytes)}`));
}

function fail(): string {
  failures += 1;
  return "FAIL";
}

/** As much of HTTP as curl needs. */
async function serve(connection: Connection): Promise<void> {
  const reader = connection.readable.getReader();
  const writer = connection.writable.getWriter();
  let start = Buffer.alloc(0);
  while (!start.includes("\r\n\r\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  const headLength = start.indexOf("\r\n\r\n") + 4;
  const head = start.toString("latin1", 0, headLength);
  const [method, path = ""] = head.split(" ");
  const takes = method === "PUT";
  const bodyLength = takes ? Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0) : 0;
  const hash = createHash("sha256").update(start.subarray(headLength));
  let got = start.length - headLength;
  let slept = path !== "/slow-put";
  while (got < bodyLength) {
    if (!slept && got > bodyLength / 2) {
      slept = true;
      await new Promise((resolve) => setTimeout(resolve, 5000));
    }
    const { done, value } = await reader.read();
    if (done) break;
    hash.update(value);
    got += value.length;
  }
  const answer = takes ? `${got} bytes, sha256 ${hash.digest("hex")}, ` : "";
  const length = takes ? answer.length : Number.parseInt(path.slice(1), 10);
  const header = `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${answer}`;
  await writer.write(new TextEncoder().encode(header));
  for (let left = takes ? 0 : length; left > 0; left -= BLOB.length) {
    for (let at = 0; at < BLOB.length && at < left; at += 65_536) {
      await writer.write(BLOB.subarray(at, Math.min(left, at + 65_536, BLOB.length)));
    }
  }
  await writer.close();
}

/** Loses 1 % of the frames, doubles 1 %, flips a bit in 1 %, both ways, while `faulty`. */
function withFaults(port: EthernetPort): EthernetPort {
  const random = seededRandom(2);
  const alter = (frame: Uint8Array): Uint8Array[] => {
    const chance = faulty ? random() : 1;
    if (chance < 0.01) return [];
    if (chance < 0.02) return [frame, frame];
    if (chance >= 0.03) return [frame];
    const flipped = frame.slice();
    const at = Math.floor(random() * frame.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return [flipped];
  };
  return {
    ...port,
    send: (frame) => alter(frame).every((one) => port.send(one)),
    onFrame: (listener) => port.onFrame((frame) => alter(frame).forEach(listener)),
  };
}
