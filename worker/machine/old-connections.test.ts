import { describe, expect, it } from "vitest";
import { parseConnections } from "./old-connections";

const GUEST = "10.0.2.15";
const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, remote: string, state: string): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1234 1 0000 20 4 30 10 -1`;

describe("a guest's list of connections", () => {
  it("has those with a peer, in sockets of both families", () => {
    const text = [
      HEAD,
      line("0F02000A:C350", "0302000A:20FB", "01"),
      line("0000000000000000FFFF00000F02000A:1F90", "0000000000000000FFFF00000202000A:C001", "08"),
      "",
    ].join("\n");
    expect(parseConnections(text, GUEST)).toEqual([
      { guest: { address: GUEST, port: 50_000 }, peer: { address: "10.0.2.3", port: 8443 } },
      { guest: { address: GUEST, port: 8080 }, peer: { address: "10.0.2.2", port: 49_153 } },
    ]);
  });

  it("is not believed where it has none: listeners, loopback, TIME-WAIT, real IPv6, nonsense", () => {
    const text = [
      line("0F02000A:0050", "00000000:0000", "0A"),
      line("0100007F:0050", "0100007F:C350", "01"),
      line("0F02000A:C351", "0302000A:20FB", "06"),
      line("20010DB8000000000000000000000001:0050", "20010DB8000000000000000000000002:0051", "01"),
      line("0F02000A:C3", "0302000A:20FB", "01"),
      line("0F02000X:C351", "0302000A:20FB", "01"),
      "cat: /proc/net/tcp6: No such file or directory",
    ].join("\n");
    expect(parseConnections(text, GUEST)).toEqual([]);
    expect(parseConnections("", GUEST)).toEqual([]);
  });
});
