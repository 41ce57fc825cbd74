/** What may differ from one LAN to another. Times in milliseconds, sizes in bytes. */
export interface TcpSettings {
  /** Unread bytes that a connection holds: the largest window that it offers. */
  readonly receiveBytes: number;
  /** Unacknowledged bytes above which a writer waits. */
  readonly sendBytes: number;
  /** How long a SYN is sent again before the other side counts as gone. */
  readonly handshakeMs: number;
  /** How long data is sent again without any progress. */
  readonly giveUpMs: number;
  /** How long an idle connection is left alone before it is asked whether it still lives. */
  readonly keepAliveMs: number;
  /** How long a finished connection lingers, to acknowledge a FIN that comes again. Nothing is ever late on this wire. */
  readonly timeWaitMs: number;
  /** How long the peer may keep its half open after ours is closed and nobody reads. */
  readonly orphanMs: number;
  /** Connections at once, half-open and lingering ones counted. */
  readonly maxConnections: number;
}

export const DEFAULT_TCP_SETTINGS: TcpSettings = {
  receiveBytes: 1024 * 1024,
  sendBytes: 512 * 1024,
  handshakeMs: 60_000,
  giveUpMs: 120_000,
  keepAliveMs: 120_000,
  timeWaitMs: 5000,
  orphanMs: 30_000,
  maxConnections: 4096,
};
