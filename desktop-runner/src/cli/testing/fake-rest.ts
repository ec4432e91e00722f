import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { PARCEL_PATH } from "@deskhand/shared/protocol/parcels";
import { runCommandLine } from "../command-line.ts";

export type Call = {
  route: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
  authorization: string | undefined;
};

class RestFile {
  readonly content: Buffer;
  /** It says that so many bytes more come, and breaks off. */
  readonly missing: number;
  constructor(content: Buffer, missing: number) {
    this.content = content;
    this.missing = missing;
  }
}

/** A file's bytes; with `missing` the connection breaks off before that many that were promised. */
export function file(content: Buffer | string, missing = 0): RestFile {
  return new RestFile(Buffer.from(content), missing);
}

/** What a route answers with; `error` with its HTTP status. */
type Answer = object | ((call: Call) => object | undefined) | undefined;

class RestError {
  readonly http: number;
  readonly body: object;
  readonly headers: Record<string, string>;
  constructor(http: number, body: object, headers: Record<string, string> = {}) {
    this.http = http;
    this.body = body;
    this.headers = headers;
  }
}

export function refused(http: number, code: string, details?: object): RestError {
  return new RestError(http, { code, message: "words", whatToDo: "do", details });
}

/** As the server answers whoever asks too often. */
export function limited(seconds: number): RestError {
  return new RestError(429, { code: "RATE_LIMITED", message: "words", whatToDo: "do" }, { "retry-after": String(seconds) });
}

export function raw(http: number, body: object): RestError {
  return new RestError(http, body);
}

/** A server whose routes a test fills in, and a folder of its own to call the command line with. */
export class FakeRest {
  readonly calls: Call[] = [];
  readonly answers: Record<string, Answer> = {};
  /** What a route answers with that has an id in it which the command line made. */
  otherwise: (route: string) => Answer = () => undefined;
  readonly folder = mkdtempSync(path.join(tmpdir(), "deskhand-cli-"));
  url = "";
  /** What becomes of sealed files; by default there are none. */
  onParcel: (method: string, body: Buffer) => Promise<Uint8Array | undefined> = async () => undefined;
  readonly #server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.url?.startsWith(PARCEL_PATH)) {
      response.end(await this.onParcel(request.method ?? "", Buffer.concat(parts)));
      return;
    }
    const [address = "", search] = (request.url ?? "").replace("/api/v1", "").split("?");
    const route = `${request.method} ${address}`;
    const query = Object.fromEntries(new URLSearchParams(search));
    const text = Buffer.concat(parts).toString();
    const call = { route, query, body: text ? JSON.parse(text) : {}, authorization: request.headers.authorization };
    this.calls.push(call);
    const found = this.answers[route] ?? this.otherwise(route);
    const answer = (typeof found === "function" ? found(call) : found) ?? refused(404, "NOT_FOUND");
    if (answer instanceof RestFile) {
      const { content, missing } = answer;
      response.writeHead(200, { "content-length": content.length + missing });
      response.write(content, () => (missing > 0 ? response.destroy() : response.end()));
      return;
    }
    const error = answer instanceof RestError ? answer : undefined;
    response
      .writeHead(error?.http ?? 200, { "content-type": "application/json", ...error?.headers })
      .end(JSON.stringify(error?.body ?? answer));
  });

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    rmSync(this.folder, { recursive: true, force: true });
  }

  get home(): string {
    return path.join(this.folder, "home");
  }

  async deskhand(args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}) {
    const out: string[] = [];
    const err: string[] = [];
    const exitCode = await runCommandLine(args, {
      env: { DESKHAND_HOME: this.home, DESKHAND_URL: this.url, DESKHAND_API_KEY: "dh_test_key", ...options.env },
      streams: { out: (text) => out.push(text), err: (text) => err.push(text) },
      isTerminal: false,
      readInput: async () => options.input ?? "",
    });
    const lines = args.includes("--json")
      ? out
          .join("")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : [];
    return { exitCode, out: out.join(""), err: err.join(""), lines, last: lines.at(-1) };
  }
}
