/** A stream of bytes both ways, whatever carries it: the agent's channel, the LAN, a socket in a test. */
export interface ByteConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Ends both ways at once. */
  close(): void;
}
