import type { Readable, Writable } from "node:stream";

export type CdpMessage = {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: unknown;
};

/** Ours are far above what a client comes to; the protocol's are 32 bits. */
const firstId = 1_900_000_000;

/** A browser's `--remote-debugging-pipe`: JSON with a zero byte after each message. There is no port that others could find. */
export class CdpPipe {
  /** Everything that is not an answer to {@link request}. */
  onMessage: (message: CdpMessage) => void = () => {};
  onClose: () => void = () => {};
  readonly #write: Writable;
  readonly #read: Readable;
  readonly #waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  #lastId = firstId;
  #parts: Buffer[] = [];
  #closed = false;

  constructor(write: Writable, read: Readable) {
    this.#write = write;
    this.#read = read;
    read.on("data", (piece: Buffer) => this.#take(piece));
    for (const stream of [write, read]) {
      stream.on("error", () => this.#end());
      stream.on("close", () => this.#end());
    }
  }

  send(message: CdpMessage): void {
    if (!this.#closed) this.#write.write(`${JSON.stringify(message)}\0`);
  }

  /** Of the browser itself. @throws Error what the browser answers, or that it is gone */
  request(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    if (this.#closed) return Promise.reject(new Error("the browser is gone"));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  }

  /** Lets the browser wait while whoever is told cannot follow. */
  pause(paused: boolean): void {
    if (paused) this.#read.pause();
    else this.#read.resume();
  }

  #take(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(0); end >= 0; end = piece.indexOf(0, start)) {
      this.#parts.push(piece.subarray(start, end));
      const raw = Buffer.concat(this.#parts).toString("utf8");
      this.#parts = [];
      start = end + 1;
      this.#tell(raw);
    }
    if (start < piece.length) this.#parts.push(piece.subarray(start));
  }

  #tell(raw: string): void {
    const message = JSON.parse(raw) as CdpMessage;
    const waiting = message.id === undefined || message.sessionId !== undefined ? undefined : this.#waiting.get(message.id);
    if (!waiting) return void this.onMessage(message);
    this.#waiting.delete(message.id as number);
    if (message.error) waiting.reject(new Error((message.error as { message?: string }).message));
    else waiting.resolve((message.result ?? {}) as Record<string, unknown>);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new Error("the browser is gone"));
    this.#waiting.clear();
    this.onClose();
  }
}
