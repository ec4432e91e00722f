import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type CloudRequest = { method: string; url: URL; headers: IncomingMessage["headers"]; body: Buffer };
export type CloudAnswer = { status?: number; headers?: Record<string, string>; json?: unknown; body?: Buffer };

/** A server that answers as a vendor's API does, where there is none to be had. What its `answer` throws is an HTTP 400 with the reason. */
export class FakeCloud {
  url = "";
  readonly problems: string[] = [];
  /** Answers that come first, in this order. */
  readonly next: CloudAnswer[] = [];
  tokensGiven = 0;
  readonly #server;

  constructor(answer: (request: CloudRequest, cloud: FakeCloud) => CloudAnswer) {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const asked = {
        method: request.method ?? "",
        url: new URL(request.url ?? "", this.url),
        headers: request.headers,
        body: Buffer.concat(parts),
      };
      let given: CloudAnswer;
      try {
        const isToken = asked.url.pathname.endsWith("/token");
        given = (isToken ? undefined : this.next.shift()) ?? answer(asked, this);
      } catch (error) {
        this.problems.push(`${asked.method} ${asked.url.pathname}: ${(error as Error).message}`);
        given = { status: 400, json: { error: "bad_request" } };
      }
      const { status = 200, headers = {}, json, body = json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(json)) } = given;
      response.writeHead(status, { ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers }).end(body);
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** RFC 6749, section 6, as both vendors have it. */
  giveToken({ method, headers, body }: CloudRequest): CloudAnswer {
    must(method === "POST", "a token is asked for by POST");
    must(headers["content-type"] === "application/x-www-form-urlencoded", "a token is asked for by a form");
    const form = new URLSearchParams(body.toString());
    must(form.get("grant_type") === "refresh_token" && form.get("client_id") === "client", "grant type and client");
    if (form.get("refresh_token") !== "refresh") return { status: 400, json: { error: "invalid_grant" } };
    this.tokensGiven += 1;
    return { json: { access_token: `access-${this.tokensGiven}`, expires_in: 3600, token_type: "Bearer" } };
  }

  /** Only the newest token is good. */
  mustBeSignedIn({ headers }: CloudRequest): CloudAnswer | undefined {
    return headers.authorization === `Bearer access-${this.tokensGiven}` ? undefined : { status: 401, json: { error: "invalid_token" } };
  }
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not as described: ${what}`);
}
