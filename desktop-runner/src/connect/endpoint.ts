import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { ConnectAddress } from "./messages.ts";

/** Of one message of a client, bytes: files that it uploads are in it. */
const maxMessageBytes = 256 * 1024 * 1024;
/** How long a client that connects may wait until the one before has been seen off, milliseconds. */
const waitMs = 30_000;

type Options = {
  port: number;
  /** What `/json/version` tells besides the address. */
  version(): Promise<Record<string, unknown>>;
  /** A client has come; resolves when it has gone and been seen off. The next one is let in after that. */
  serve(client: WebSocket): Promise<void>;
};

/**
 * Where a client finds the browser: on loopback, below a token that is made for this session and told once. Whoever does not have it learns
 * nothing, not even that this is a browser. Pages of a browser cannot use it at all: they cannot connect without saying where they come from.
 */
export class Endpoint {
  readonly #token = randomBytes(32).toString("base64url");
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessageBytes });
  readonly #options: Options;
  #serving: Promise<void> | undefined;
  #client: WebSocket | undefined;

  private constructor(options: Options) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  /** @throws Error EADDRINUSE when the port is taken */
  static async open(options: Options): Promise<Endpoint> {
    const endpoint = new Endpoint(options);
    await new Promise<void>((done, fail) => endpoint.#server.once("error", fail).listen(options.port, "127.0.0.1", done));
    return endpoint;
  }

  get address(): ConnectAddress {
    const at = `127.0.0.1:${this.#port}`;
    return { ws: `ws://${at}/devtools/browser/${this.#token}`, http: `http://${at}/${this.#token}` };
  }

  /** Lets nobody in any more, and sees off who is there. */
  async close(): Promise<void> {
    this.#server.close();
    this.#client?.terminate();
    this.#server.closeAllConnections();
    await this.#serving;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = "", rest = ""] = /^\/([^/?]*)(\/[^?]*)?/.exec(request.url ?? "") ?? [];
    const isAsked = request.method === "GET" && /^\/json\/version\/?$/.test(rest);
    if (!this.#isFromHere(request) || !this.#isToken(token) || !isAsked) return void response.writeHead(404).end();
    try {
      const body = JSON.stringify({ ...(await this.#options.version()), webSocketDebuggerUrl: this.address.ws });
      response.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }).end(body);
    } catch {
      response.writeHead(503).end();
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    const token = /^\/devtools\/browser\/([^/?]+)$/.exec(request.url ?? "")?.[1] ?? "";
    if (!this.#isFromHere(request) || !this.#isToken(token)) return refuse(socket, "404 Not Found");
    if (this.#client) return refuse(socket, "409 Conflict", "Another client is connected to this profile.\n");
    if (this.#serving && !(await within(this.#serving, waitMs))) return refuse(socket, "503 Service Unavailable");
    if (this.#client) return refuse(socket, "409 Conflict", "Another client is connected to this profile.\n");
    if (!this.#server.listening) return refuse(socket, "404 Not Found");
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#client = client;
      client.once("close", () => {
        this.#client = undefined;
      });
      client.on("error", () => client.terminate());
      const serving = this.#options.serve(client).finally(() => {
        if (this.#serving === serving) this.#serving = undefined;
      });
      this.#serving = serving;
    });
  }

  /** By this computer's own number, and by a program: pages say an Origin, and other names that lead here are no way in (DNS rebinding). */
  #isFromHere({ headers }: IncomingMessage): boolean {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`].includes(headers.host ?? "") && headers.origin === undefined;
  }

  #isToken(given: string): boolean {
    const hash = (text: string) => createHash("sha256").update(text).digest();
    return timingSafeEqual(hash(given), hash(this.#token));
  }
}

function refuse(socket: Duplex, status: string, text = ""): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
}

async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const ended = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}
