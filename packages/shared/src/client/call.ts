import * as z from "zod";
import { isErrorCode } from "../error-codes.ts";
import { DeskhandError } from "./client-error.ts";

export type ClientOptions = {
  /** The server's address, as `https://deskhand.example.com`. */
  url: string;
  /** `dh_…`, from the dashboard's settings. It acts for its project. */
  apiKey: string;
  /** How long an answer may take, milliseconds (30,000). */
  timeoutMs?: number;
  /** How often a call is made again that the server was too busy for, or that could not reach it (4). */
  retries?: number;
  /** The longest that a `Retry-After` is honoured, milliseconds (60,000); what is longer is told as RATE_LIMITED at once. */
  longestWaitMs?: number;
  /** In the place of the global one. */
  fetch?: typeof fetch;
  signal?: AbortSignal;
};

type Query = Readonly<Record<string, string | number | boolean | undefined>>;
type Request<T extends z.ZodType> = { answer: T; query?: Query | undefined; body?: object | undefined; signal?: AbortSignal | undefined };

export type Call = {
  /** `path` is below /api/v1. @throws DeskhandError */
  json<T extends z.ZodType>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, request: Request<T>): Promise<z.output<T>>;
  text(path: string): Promise<string>;
};

const restError = z.object({
  code: z.string(),
  message: z.string().optional(),
  whatToDo: z.string().optional(),
  details: z.unknown().optional(),
  requestId: z.string().optional(),
});
/** Before a call is made again that got no answer, milliseconds; doubled each time. */
const firstWaitMs = 500;

export function createCall(options: ClientOptions): Call {
  const { apiKey, timeoutMs = 30_000, retries = 4, longestWaitMs = 60_000 } = options;
  const origin = new URL(options.url).origin;
  const ask = options.fetch ?? globalThis.fetch;

  async function once(method: string, address: string, body: object | undefined, given: AbortSignal | undefined): Promise<string> {
    const signals = [AbortSignal.timeout(timeoutMs), given, options.signal].filter((signal) => signal !== undefined);
    let response: Response;
    let text: string;
    try {
      response = await ask(address, {
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${apiKey}`,
          ...(body ? { "content-type": "application/json" } : {}),
        },
        body: body ? JSON.stringify(body) : null,
        // a key is for this server only
        redirect: "error",
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (cause) {
      given?.throwIfAborted();
      options.signal?.throwIfAborted();
      throw new DeskhandError("SERVER_UNREACHABLE", 0, `The server at ${origin} cannot be reached, or did not answer in time.`, { cause });
    }
    if (response.ok) return text;
    throw refusal(response, text);
  }

  async function patiently(
    method: string,
    path: string,
    { query = {}, body, signal }: Omit<Request<z.ZodType>, "answer">,
  ): Promise<string> {
    const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
    const search = new URLSearchParams(given).toString();
    const address = `${origin}/api/v1${path}${search && `?${search}`}`;
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(method, address, body, signal);
      } catch (error) {
        const waitMs = error instanceof DeskhandError && attempt < retries ? waitFor(error, method, attempt) : undefined;
        if (waitMs === undefined || waitMs > longestWaitMs) throw error;
        await pause(waitMs, AbortSignal.any([signal, options.signal].filter((each) => each !== undefined)));
      }
    }
  }

  return {
    text: (path) => patiently("GET", path, {}),
    async json(method, path, request) {
      const text = await patiently(method, path, request);
      const parsed = request.answer.safeParse(readJson(text));
      if (parsed.success) return parsed.data;
      throw new DeskhandError("ANSWER_UNREADABLE", 200, `${origin} gave an answer to ${method} ${path} that is not Deskhand's.`, {
        whatToDo: "Check the address; if it is right, the server and this client may be of different versions.",
      });
    },
  };
}

/** How long to wait before the same call is right to be made again, milliseconds; undefined when it is not. */
function waitFor({ code, status, retryAfterMs }: DeskhandError, method: string, attempt: number): number | undefined {
  const backOff = firstWaitMs * 2 ** attempt;
  // nothing was done of what was refused for its number
  if (status === 429) return retryAfterMs ?? backOff;
  const isPassing = code === "SERVER_UNREACHABLE" || status === 502 || status === 503;
  // what changes something may have been done though its answer was lost
  return isPassing && method === "GET" ? (retryAfterMs ?? backOff) : undefined;
}

function refusal(response: Response, text: string): DeskhandError {
  const told = restError.safeParse(readJson(text));
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  if (!told.success || !isErrorCode(told.data.code)) {
    return new DeskhandError("ANSWER_UNREADABLE", response.status, `The server answered with HTTP ${response.status}.`, { retryAfterMs });
  }
  const { code, message, ...more } = told.data;
  return new DeskhandError(code, response.status, message ?? code, { ...more, retryAfterMs });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
