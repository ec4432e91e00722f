import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A site that counts how often each page was opened: what a run did to the outside, told by nobody who takes part in the protocol.
 * `/page/<name>` is answered at once, `/held/<name>` when the test releases it, `/cookies` shows what the visitor
 * brought, `/heavy` has 4 MB that no trace can make small.
 */
export class CountingSite {
  readonly #visits = new Map<string, number>();
  readonly #released = new Set<string>();
  readonly #held = new Map<string, ServerResponse[]>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  visits(path: string): number {
    return this.#visits.get(path) ?? 0;
  }

  /** Answers who waits for this page, and from now on everybody. */
  release(path: string): void {
    this.#released.add(path);
    for (const response of this.#held.get(path)?.splice(0) ?? []) respond(response, "Released");
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "/";
    this.#visits.set(path, this.visits(path) + 1);
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (path.startsWith("/held/") && !this.#released.has(path)) {
      this.#held.set(path, [...(this.#held.get(path) ?? []), response]);
    } else if (path === "/heavy") {
      response.end(`<title>Heavy</title><h1>Heavy</h1><script type="text/plain">${randomBytes(3_000_000).toString("base64")}</script>`);
    } else if (path === "/cookies") {
      respond(response, request.headers.cookie ?? "none");
    } else {
      response.setHeader("set-cookie", `seen=${path.split("/").at(-1)}; max-age=3600; path=/`);
      respond(response, "Here");
    }
  }
}

function respond(response: ServerResponse, heading: string): void {
  response.end(`<title>${heading}</title><h1>${heading}</h1>`);
}
