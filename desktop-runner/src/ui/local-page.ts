import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { removePageAddress, writePageAddress } from "./page-address.ts";
import type { PageParts } from "./page-parts.ts";
import type { PageServer } from "./page-server.ts";

// not by import, which would read all of its names and with one of them load undici (2 MB for the idle runner)
const { createServer } = createRequire(import.meta.url)("node:http") as typeof import("node:http");

/** Connections at once. */
const maxConnections = 64;
/** How long a request may take to come in, milliseconds. */
const requestMs = 10_000;

/**
 * Opens the page on this port of loopback; 0 is any free one, which is also taken when another process has the port. `onListening` is told
 * where it is as soon as it can be reached. Undefined without a port.
 */
export function openLocalPage(
  port: number | undefined,
  onListening: (port: number) => void,
  parts: PageParts,
): Pick<LocalPage, "close"> | undefined {
  return port === undefined ? undefined : new LocalPage(port, onListening, parts);
}

/**
 * The port of the runner's own page, on loopback only. It is all that the runner which waits holds of it: what answers is loaded with the
 * first request. Never throws: a runner without its page still works.
 */
class LocalPage {
  readonly #parts: PageParts;
  readonly #server: Server;
  #wanted = 0;
  #isClosing = false;
  #answering: Promise<PageServer> | undefined;

  constructor(port: number, onListening: (port: number) => void, parts: PageParts) {
    this.#parts = parts;
    const limits = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: requestMs };
    this.#server = createServer(limits, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = maxConnections;
    this.#server.on("listening", () => {
      if (this.#isClosing) return void this.#server.close();
      const { port: taken } = this.#server.address() as AddressInfo;
      onListening(taken);
      this.#try(() => writePageAddress(parts.home, `http://127.0.0.1:${taken}`));
    });
    this.#server.on("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE" || error.code === "EACCES";
      if (isTaken && !this.#server.listening && this.#wanted !== 0) this.#listen(0);
      else parts.onProblem("the runner's local page cannot be opened", error);
    });
    this.#try(() => removePageAddress(parts.home));
    this.#listen(port);
  }

  /** `lastWords` is what pages that are open say from now on. */
  async close(lastWords: string): Promise<void> {
    this.#isClosing = true;
    this.#try(() => removePageAddress(this.#parts.home));
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    (await this.#answering?.catch(() => undefined))?.close(lastWords);
    this.#server.closeIdleConnections();
    // a page that does not read must not hold the runner up
    setImmediate(() => this.#server.closeAllConnections());
    await closed;
  }

  #listen(port: number): void {
    this.#wanted = port;
    this.#server.listen(port, "127.0.0.1");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#answering ??= this.#load();
      await (await this.#answering).answer(request, response);
    } catch (error) {
      this.#parts.onProblem("a request of the local page could not be answered", error);
      response.destroy();
    }
  }

  async #load(): Promise<PageServer> {
    const { PageServer } = await import("./page-server.ts");
    return new PageServer(this.#parts, (this.#server.address() as AddressInfo).port);
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.onProblem("where the local page is could not be written", error);
    }
  }
}
