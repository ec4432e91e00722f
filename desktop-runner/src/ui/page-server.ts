import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { backupChanges } from "./backup-changes.ts";
import { changes } from "./changes.ts";
import { CloudSignIn } from "./cloud-sign-in.ts";
import { closeConnection, openConnectionFor } from "./connections.ts";
import { openHintStream } from "./hint-stream.ts";
import { readAsset } from "./page-assets.ts";
import { PageError } from "./page-error.ts";
import { takeLink } from "./page-links.ts";
import type { OpenPageParts, PageParts } from "./page-parts.ts";
import { type PageSession, PageSessions } from "./page-sessions.ts";
import { checkSource, pageHosts, readBody, readCookies } from "./request-checks.ts";
import { viewDisk } from "./view-disk.ts";
import { viewState } from "./view-state.ts";

/** Sent with every answer. Nothing on the page is inline, framed, kept, or asked of any other place. */
const safety = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Where a vendor's sign-in leads back to. */
const signedInPath = "/signed-in";
const endOfSignIn = { "signed-in": "/signed-in.html", failed: "/not-signed-in.html" };
/** What a browser may come to from anywhere: it says nothing of this runner. */
const isDocument = (pathname: string) => ["/", signedInPath, ...Object.values(endOfSignIn)].includes(pathname);
/** Streams of hints at once. */
const maxStreams = 20;
/** Lines of the log in one answer. */
const logLines = 500;

const linkBody = z.object({ token: z.string().min(1).max(200) });

type Look = (parts: OpenPageParts, query: URLSearchParams) => unknown;

const looks: Record<string, Look> = {
  "/api/state": (parts) => viewState(parts, Date.now()),
  "/api/disk": (parts) => viewDisk(parts),
  "/api/log": ({ log }, query) => ({ lines: log.read(Math.max(0, Number(query.get("after")) || 0), logLines) }),
};

/** Answers the requests of the local page: first where they come from, then who asks, then what. */
export class PageServer {
  readonly #parts: OpenPageParts;
  readonly #hosts: string[];
  readonly #cookie: string;
  readonly #sessions = new PageSessions();
  readonly #streams = new Set<(lastWords: string) => void>();

  constructor(parts: PageParts, port: number) {
    const signIn = new CloudSignIn(`http://127.0.0.1:${port}${signedInPath}`, () => parts.hints.tell("backup"));
    this.#parts = { ...parts, signIn };
    parts.backups.onChange = () => parts.hints.tell("backup");
    this.#hosts = pageHosts(port);
    // browsers keep cookies by host alone: another runner's page must not overwrite it
    this.#cookie = `deskhand_page_${port}`;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      // whoever asked is gone
      if (request.errored || response.destroyed) return void response.destroy();
      const known =
        error instanceof PageError ? error : new PageError("INTERNAL", "Something went wrong inside the runner; its log says more.");
      if (known !== error) this.#parts.onProblem("a request of the local page failed", error);
      if (response.headersSent) return void response.destroy();
      // what is left of a body that was not read would pass for the next request
      if (!request.complete) response.setHeader("connection", "close");
      send(response, known.status, { code: known.code, message: known.message });
    }
  }

  /** Ends the streams of pages that are open, which say these words from then on. */
  close(lastWords: string): void {
    for (const end of this.#streams) end(lastWords);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = readTarget(request);
    checkSource(request, this.#hosts, isDocument(pathname));
    if (pathname === signedInPath && request.method === "GET") return this.#signedIn(searchParams, response);
    const asset = readAsset(pathname);
    const look = Object.hasOwn(looks, pathname) ? looks[pathname] : undefined;
    const change = Object.hasOwn(changes, pathname) ? changes[pathname] : undefined;
    const ofBackup = Object.hasOwn(backupChanges, pathname) ? backupChanges[pathname] : undefined;
    const isPost =
      change !== undefined || ofBackup !== undefined || ["/api/session", "/api/connect", "/api/connect/close"].includes(pathname);
    if (!asset && !look && !isPost && pathname !== "/api/hints") throw new PageError("NOT_FOUND", "There is nothing here.");
    const method = isPost ? "POST" : "GET";
    if (request.method !== method) {
      response.setHeader("allow", method);
      throw new PageError("METHOD_NOT_ALLOWED", `Only ${method} is possible here.`);
    }
    if (asset) {
      // read first: one that is not there is told as an error
      const content = await asset.read();
      return void response.writeHead(200, { ...safety, "content-type": asset.contentType }).end(content);
    }
    if (pathname === "/api/session") return this.#beginSession(await readBody(request), response);
    const session = this.#sessions.find(readCookies(request, this.#cookie), String(request.headers["x-deskhand-key"] ?? ""));
    if (!session) throw new PageError("UNAUTHENTICATED", "This page is locked. Open it again with: deskhand open");
    if (pathname === "/api/hints") return this.#stream(session, response);
    if (pathname === "/api/connect") return openConnectionFor(this.#parts, await readBody(request), response, safety);
    if (pathname === "/api/connect/close") return send(response, 200, await closeConnection(this.#parts, await readBody(request)));
    if (look) return send(response, 200, await look(this.#parts, searchParams));
    change?.(this.#parts, await readBody(request));
    const more = await ofBackup?.(this.#parts, await readBody(request));
    // whoever changes something sees what came of it, without a second question
    send(response, 200, { ...viewState(this.#parts, Date.now()), ...more });
  }

  #beginSession(body: unknown, response: ServerResponse): void {
    const { data } = linkBody.safeParse(body);
    if (!data || !takeLink(this.#parts.home, data.token)) {
      throw new PageError("LINK_INVALID", "This link was used before, or is too old. Make a new one with: deskhand open");
    }
    const { cookie, key } = this.#sessions.begin();
    response.setHeader("set-cookie", `${this.#cookie}=${cookie}; Path=/api; HttpOnly; SameSite=Strict`);
    send(response, 200, { key });
  }

  /** The vendor sends the owner's browser here. Who brings no question of ours learns nothing, and changes nothing. */
  async #signedIn(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const end = await this.#parts.signIn.arrive(query);
    // the code does not stay in the address
    response.writeHead(303, { ...safety, location: endOfSignIn[end] }).end();
  }

  #stream(session: PageSession, response: ServerResponse): void {
    if (this.#streams.size >= maxStreams) throw new PageError("RATE_LIMITED", "This page is open too often. Close some of its windows.");
    response.writeHead(200, { ...safety, "content-type": "text/event-stream" });
    const end = openHintStream(response, {
      hints: this.#parts.hints,
      isAlive: () => {
        if (!this.#sessions.isGood(session)) return false;
        this.#sessions.use(session);
        return true;
      },
    });
    this.#streams.add(end);
    response.once("close", () => this.#streams.delete(end));
  }
}

/** A target that names another place than a path of ours is none. */
function readTarget({ url }: IncomingMessage): URL {
  const target = url?.startsWith("/") ? URL.parse(`http://page${url}`) : null;
  if (target?.host !== "page") throw new PageError("NOT_FOUND", "There is nothing here.");
  return target;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...safety, "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
