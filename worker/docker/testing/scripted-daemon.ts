/** For tests: the other end of a daemon's socket, which says what it is told and remembers what it was asked. */
import type { ByteConnection } from "../../http/connection";
import { latin1Bytes } from "../../http/latin1";

export interface ScriptedConnection {
  /** What came from the client so far. */
  readonly request: () => string;
  say(text: string): void;
  end(): void;
  readonly closed: () => boolean;
}

export class ScriptedDaemon {
  readonly connections: ScriptedConnection[] = [];
  /** Called with each connection once the request's head is there. */
  onRequest: (connection: ScriptedConnection, target: string) => void = () => undefined;
  refusing: Error | undefined;

  readonly dial = (): Promise<ByteConnection> => {
    if (this.refusing !== undefined) return Promise.reject(this.refusing);
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    let request = "";
    let closed = false;
    let asked = false;
    const close = (): void => {
      if (closed) return;
      closed = true;
      controller?.error(new Error("the connection was closed"));
    };
    const connection: ScriptedConnection = {
      request: () => request,
      say: (text) => controller?.enqueue(latin1Bytes(text)),
      end: () => controller?.close(),
      closed: () => closed,
    };
    this.connections.push(connection);
    const readable = new ReadableStream<Uint8Array>({
      start: (its) => void (controller = its),
      cancel: close,
    });
    const writable = new WritableStream<Uint8Array>({
      write: (bytes) => {
        request += String.fromCharCode(...bytes);
        if (asked || !request.includes("\r\n\r\n")) return;
        asked = true;
        this.onRequest(connection, request.split(" ")[1] ?? "");
      },
    });
    return Promise.resolve({ readable, writable, close });
  };

  /** Answers every request alike, in one piece. */
  answer(text: string): void {
    this.onRequest = (connection) => {
      connection.say(text);
      connection.end();
    };
  }

  answerJson(value: unknown, status = "200 OK"): void {
    const text = JSON.stringify(value);
    this.answer(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
  }
}
