import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import type { RunnerHome } from "../../identity/home.ts";
import { readPageAddress } from "../page-address.ts";
import { makeLink } from "../page-links.ts";
import type { PageState } from "../view.ts";

type Answer = { status: number; headers: IncomingMessage["headers"]; body: Record<string, unknown> };
type Ask = { method?: string; headers?: Record<string, string | undefined>; body?: unknown; raw?: string };

/** Asks the local page by plain HTTP, as whoever it pretends to be. A header that is undefined is left out. */
export class PageVisitor {
  readonly home: RunnerHome;
  readonly address: string;
  cookie = "";
  key = "";

  constructor(home: RunnerHome) {
    this.home = home;
    const address = readPageAddress(home);
    if (!address) throw new Error("the runner has no page yet");
    this.address = address;
  }

  /** A token that opens the page. */
  token(now = Date.now()): string {
    return makeLink(this.home, this.address, now).url.split("#")[1] ?? "";
  }

  /** Becomes the runner's owner. */
  async enter(): Promise<this> {
    const { headers, body } = await this.post("/api/session", { token: this.token() });
    this.cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    this.key = String(body.key);
    return this;
  }

  async state(): Promise<PageState> {
    return (await this.ask("/api/state")).body as PageState;
  }

  post(path: string, body: unknown, headers: Ask["headers"] = {}): Promise<Answer> {
    return this.ask(path, { method: "POST", body, headers });
  }

  async ask(path: string, options: Ask = {}): Promise<Answer> {
    const response = await this.open(path, options);
    const read = await text(response);
    const isJson = response.headers["content-type"]?.startsWith("application/json");
    return { status: response.statusCode ?? 0, headers: response.headers, body: isJson ? JSON.parse(read) : { text: read } };
  }

  /** The answer as it comes, for one that does not end. */
  open(path: string, { method = "GET", headers = {}, body, raw }: Ask = {}): Promise<IncomingMessage> {
    const own: Ask["headers"] = { cookie: this.cookie, "x-deskhand-key": this.key };
    if (method !== "GET") Object.assign(own, { origin: this.address, "content-type": "application/json" });
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    if (content !== undefined && !headers["transfer-encoding"]) own["content-length"] = String(Buffer.byteLength(content));
    const given = Object.entries({ ...own, ...headers }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { hostname, port } = new URL(this.address);
    return new Promise((resolve, reject) => {
      const asking = request({ hostname, port, path, method, headers: Object.fromEntries(given), agent: false }, resolve);
      asking.on("error", reject);
      asking.end(content);
    });
  }
}
