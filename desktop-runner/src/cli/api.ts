import { isErrorCode } from "@deskhand/shared/error-codes";
import * as z from "zod";
import { CliError, serverError } from "./failure.ts";
import type { Access } from "./settings.ts";

const restError = z.object({
  code: z.string(),
  message: z.string().optional(),
  whatToDo: z.string().optional(),
  details: z.unknown().optional(),
});

type Query = Record<string, string | number | undefined>;

export type Api = {
  /** Throws CliError: SERVER_UNREACHABLE, ANSWER_UNREADABLE, or the server's own code. */
  get<T extends z.ZodType>(path: string, answer: T, query?: Query): Promise<z.infer<T>>;
  /** A file's content as text; throws as `get`. */
  text(path: string): Promise<string>;
  /** A file's content as it comes, however long it takes; throws as `get`, and FILE_INCOMPLETE when it breaks off. */
  bytes(path: string): AsyncGenerator<Uint8Array, void>;
  post<T extends z.ZodType>(path: string, body: object, answer: T): Promise<z.infer<T>>;
  put<T extends z.ZodType>(path: string, body: object, answer: T): Promise<z.infer<T>>;
  patch<T extends z.ZodType>(path: string, body: object, answer: T): Promise<z.infer<T>>;
  /** What a DELETE says besides its path goes as a query, as it does in OpenAPI. */
  delete<T extends z.ZodType>(path: string, query: Query, answer: T): Promise<z.infer<T>>;
};

const timeoutMs = 30_000;
/** How long a file may stand still on its way from a runner, milliseconds. */
const stillMs = 60_000;
/** How long one call waits in all when it is asked too often, milliseconds. */
const patienceMs = 90_000;
const shortestWaitMs = 250;

/** The server's REST interface. `path` is below /api/v1. Without a key it calls as nobody. */
export function createApi({ serverUrl, apiKey }: Omit<Access, "apiKey"> & { apiKey?: string }): Api {
  const send = (method: string, path: string, signal: AbortSignal, body?: object) =>
    fetch(`${serverUrl}/api/v1${path}`, {
      method,
      headers: {
        accept: "application/json",
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      body: body ? JSON.stringify(body) : null,
      // a key is only for this server
      redirect: "error",
      signal,
    });
  /** Waits where the server asks to, as long as that is not long: what was refused for it had no effect. */
  async function ask(method: string, path: string, body?: object): Promise<string> {
    for (let leftMs = patienceMs; ; ) {
      try {
        return await askOnce(method, path, body);
      } catch (error) {
        const askedMs = error instanceof CliError && error.code === "RATE_LIMITED" ? error.retryAfterMs : undefined;
        if (askedMs === undefined || askedMs > leftMs) throw error;
        const ms = Math.max(askedMs, shortestWaitMs);
        leftMs -= ms;
        await new Promise((resolve) => setTimeout(resolve, ms));
      }
    }
  }
  async function askOnce(method: string, path: string, body?: object): Promise<string> {
    try {
      const response = await send(method, path, AbortSignal.timeout(timeoutMs), body);
      const text = await response.text();
      if (response.ok) return text;
      throw refusal(serverUrl, response, parse(text));
    } catch (error) {
      throw error instanceof CliError ? error : unreachable(serverUrl, error);
    }
  }
  async function* bytes(path: string): AsyncGenerator<Uint8Array, void> {
    const still = new AbortController();
    const timer = setTimeout(() => still.abort(), stillMs);
    let begun = false;
    try {
      const response = await send("GET", path, still.signal);
      if (!response.ok) throw refusal(serverUrl, response, parse(await response.text()));
      begun = true;
      for await (const part of response.body ?? []) {
        timer.refresh();
        yield part;
      }
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw begun ? incomplete() : unreachable(serverUrl, error);
    } finally {
      clearTimeout(timer);
      still.abort();
    }
  }
  async function call<T extends z.ZodType>(method: string, path: string, answer: T, body?: object): Promise<z.infer<T>> {
    const data = parse(await ask(method, path, body));
    const parsed = answer.safeParse(data);
    if (parsed.success) return parsed.data;
    throw unreadable(serverUrl, `${method} ${path}`);
  }
  const withQuery = (path: string, query: Query) => {
    const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    const search = new URLSearchParams(given).toString();
    return search ? `${path}?${search}` : path;
  };
  return {
    text: (path) => ask("GET", path),
    bytes,
    get: (path, answer, query = {}) => call("GET", withQuery(path, query), answer),
    put: (path, body, answer) => call("PUT", path, answer, body),
    patch: (path, body, answer) => call("PATCH", path, answer, body),
    delete: (path, query, answer) => call("DELETE", withQuery(path, query), answer),
    post: (path, body, answer) => call("POST", path, answer, body),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type GetPage<T> = (cursor: string | undefined, limit: number) => Promise<{ items: T[]; nextCursor: string | null }>;

/** Fetches pages until there are `limit` items (which may be infinite) or no more. */
export async function collect<T>(limit: number, page: GetPage<T>): Promise<T[]> {
  return (await collectUpTo(limit, page)).items;
}

/** As `collect`; `more`: the list goes on behind them. */
export async function collectUpTo<T>(limit: number, page: GetPage<T>): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor, Math.min(100, limit - items.length));
    items.push(...next.items);
    cursor = next.nextCursor ?? undefined;
  } while (cursor && items.length < limit);
  return { items: items.slice(0, limit), more: cursor !== undefined || items.length > limit };
}

function refusal(serverUrl: string, response: Response, data: unknown): CliError {
  const told = restError.safeParse(data);
  if (!told.success || !isErrorCode(told.data.code)) return unreadable(serverUrl, `HTTP ${response.status}`);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return serverError(told.data.code, { ...told.data, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined });
}

/** A file that did not come whole, or is not the one that the run left. */
export function incomplete(): CliError {
  return new CliError(
    "FILE_INCOMPLETE",
    3,
    "The file did not come whole.",
    "Try again. When it stays so, it was changed on the runner's computer since the run.",
  );
}

function unreachable(serverUrl: string, error: unknown): CliError {
  const cause = (error as { cause?: { code?: unknown } }).cause?.code;
  return new CliError(
    "SERVER_UNREACHABLE",
    3,
    `The server at ${serverUrl} cannot be reached${typeof cause === "string" ? ` (${cause})` : ""}.`,
    "Check that it is running and that the address is right (DESKHAND_URL, or `deskhand login --server URL`).",
  );
}

function unreadable(serverUrl: string, what: string): CliError {
  return new CliError(
    "ANSWER_UNREADABLE",
    3,
    `${serverUrl} gave an answer that is not Deskhand's (${what}).`,
    "Check the address; if it is right, the server and this program may be of different versions.",
  );
}
