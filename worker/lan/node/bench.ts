/**
 * How fast two endpoints of ours are, one on each end of a wire of memory, in this one thread:
 * `npx tsx worker/lan/node/bench.ts [--mb 512] [--mtu 1500]`.
 */
import { parseArgs } from "node:util";
import { systemClock } from "../clock";
import { createLan } from "../lan";
import { createWire } from "../testing/wire";

const { values } = parseArgs({
  options: { mb: { type: "string", default: "512" }, mtu: { type: "string", default: "1500" } },
});
const total = Number(values.mb) * 1e6;
const mtu = Number(values.mtu);
const wire = createWire({ clock: systemClock, delayMs: 0 });
const host = createLan({ port: wire.ends[0], clock: systemClock, addresses: ["10.0.2.2"], mtu });
const guest = createLan({
  port: wire.ends[1],
  clock: systemClock,
  addresses: ["10.0.2.15"],
  mac: "02:00:0a:00:02:0f",
  mtu,
});

host.listen({ port: 80 }, (connection) => {
  void (async () => {
    const writer = connection.writable.getWriter();
    const chunk = new Uint8Array(65536).fill(7);
    for (let left = total; left > 0; left -= chunk.length) {
      await writer.write(left < chunk.length ? chunk.subarray(0, left) : chunk);
    }
    await writer.close();
  })();
});

const connection = await guest.connect({ address: "10.0.2.2", port: 80 });
const begin = performance.now();
const cpu = process.cpuUsage();
const reader = connection.readable.getReader();
let bytes = 0;
let chunks = 0;
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  bytes += value.length;
  chunks += 1;
}
const seconds = (performance.now() - begin) / 1000;
const used = process.cpuUsage(cpu);
const frames = host.figures().framesSent;
const acks = guest.figures().framesSent;
process.stdout.write(
  `${bytes} bytes in ${seconds.toFixed(2)} s: ${(bytes / 1e6 / seconds).toFixed(0)} MB/s, ` +
    `${((used.user + used.system) / 1e6).toFixed(2)} s of CPU, ${frames} frames and ${acks} back, ${chunks} chunks read\n`,
);
await connection.writable.close();
host.close();
guest.close();
