import type { WebSocket } from "ws";
import type { CdpMessage, CdpPipe } from "./cdp-pipe.ts";
import { judgeClient } from "./client-rules.ts";

/** What waits for a client before the browser is asked to wait, bytes. */
const highWater = 16 * 1024 * 1024;

/** The browser's pipe, or what stands before it. */
export type Transport = { send(message: CdpMessage): void; onmessage: (message: CdpMessage) => void };

type Options = {
  pipe: CdpPipe;
  transport: Pick<Transport, "send">;
  /** The client has said something. */
  onUse(): void;
  /** The client asks for the browser's end. */
  onCloseAsked(): void;
};

/**
 * Lets a client speak with the browser through a session of its own: when it leaves, all that it attached to and asked to be told of ends with
 * the session, so that the next one finds the browser as if it were the first.
 */
export class ClientBridge {
  readonly #options: Options;
  #client: WebSocket | undefined;
  #session: string | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Serves the client until it has gone. @throws Error when the browser is gone */
  async serve(client: WebSocket): Promise<void> {
    const { pipe } = this.#options;
    // what it says before it can be passed on
    const early: Buffer[] = [];
    const keep = (data: Buffer) => void early.push(data);
    client.on("message", keep);
    const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
    const { sessionId } = await pipe.request("Target.attachToBrowserTarget");
    this.#session = String(sessionId);
    this.#client = client;
    client.off("message", keep);
    client.on("message", (data: Buffer) => this.#fromClient(data));
    for (const data of early) this.#fromClient(data);
    await gone;
    this.#client = undefined;
    pipe.pause(false);
    await pipe.request("Target.detachFromTarget", { sessionId: this.#session }).catch(() => {});
    this.#session = undefined;
  }

  /** A message of the browser; those without a session are not a client's. */
  fromBrowser(message: CdpMessage): void {
    if (message.sessionId === undefined || !this.#client) return;
    if (message.sessionId !== this.#session) return void this.#tell(JSON.stringify(message));
    const { sessionId: _, ...own } = message;
    this.#tell(JSON.stringify(own));
  }

  #fromClient(data: Buffer): void {
    this.#options.onUse();
    const message = readMessage(data);
    if (!message) return void this.#client?.terminate();
    const { id, sessionId } = message;
    const verdict = judgeClient(message);
    if ("close" in verdict) {
      this.#answer({ id, sessionId, result: {} });
      return void this.#options.onCloseAsked();
    }
    if (!verdict.pass) return void this.#answer({ id, sessionId, error: { code: -32_000, message: verdict.message } });
    // written anew: what was judged is what the browser reads, whatever else the text may hold
    this.#options.transport.send({ ...message, sessionId: sessionId ?? this.#session } as CdpMessage);
  }

  #answer(message: { [Key in keyof CdpMessage]: CdpMessage[Key] | undefined }): void {
    this.#tell(JSON.stringify(message));
  }

  #tell(text: string): void {
    const client = this.#client;
    if (!client) return;
    client.send(text, () => {
      if (client.bufferedAmount < highWater / 2) this.#options.pipe.pause(false);
    });
    if (client.bufferedAmount > highWater) this.#options.pipe.pause(true);
  }
}

function readMessage(data: Buffer): CdpMessage | undefined {
  try {
    const message: unknown = JSON.parse(data.toString("utf8"));
    return typeof message === "object" && message !== null && !Array.isArray(message) ? message : undefined;
  } catch {
    return undefined;
  }
}
