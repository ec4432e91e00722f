import { randomUUID } from "node:crypto";
import { errorWords } from "@deskhand/shared/error-words";
import { idempotencyKey } from "@deskhand/shared/schemas/common";
import { TRPCError } from "@trpc/server";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { AppError, errorTable, toAppError } from "@/server/errors";
import { answerOnce } from "@/server/idempotency";
import { appRouter } from "./_app.ts";
import type { RestError } from "./openapi.ts";
import { refuseUnknownParameters } from "./rest-query.ts";
import { type RestRoute, restRoutes } from "./rest-route.ts";
import { appErrorOf, createCallerFactory, type RequestContext } from "./trpc.ts";

/**
 * `trpc-to-openapi` makes the document of REST; its request handler is not used: it changes the shared schemas to coerce, refuses a POST
 * without a body, and answers errors in its own form.
 */
const createCaller = createCallerFactory(appRouter);

/** Finds the procedure for a path below /api/v1; fixed words win over parameters. */
function findRoute(method: string, segments: string[]): Found | undefined {
  const found = restRoutes.flatMap((route) => {
    if (route.method !== method || route.segments.length !== segments.length) return [];
    const parameters: Record<string, string> = {};
    for (const [index, expected] of route.segments.entries()) {
      const given = segments[index] ?? "";
      if (expected.startsWith("{")) parameters[expected.slice(1, -1)] = given;
      else if (expected !== given) return [];
    }
    return { route, parameters };
  });
  return found.sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0];
}

type Found = { route: RestRoute; parameters: Record<string, string> };

async function readInput(request: Request, { route, parameters }: Found): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  const query = new URL(request.url).searchParams;
  refuseUnknownParameters(query, route);
  if (request.method === "GET" || request.method === "DELETE") {
    for (const name of new Set(query.keys())) {
      const values = query.getAll(name);
      input[name] = values.length === 1 ? values[0] : values;
    }
  } else {
    Object.assign(input, await readJson(request));
  }
  Object.assign(input, parameters);
  return input;
}

async function readJson(request: Request): Promise<object> {
  const text = await request.text();
  if (text === "") return {};
  // a form of another site can send any body, but not this type
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("INVALID_INPUT", { userMessage: "Send the body as JSON, with the header “Content-Type: application/json”." });
  }
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  } catch {
    // told below
  }
  throw new AppError("INVALID_INPUT", { userMessage: "The body is not a JSON object." });
}

/** By this a caller may send a change again when its answer was lost. What only reads needs none. */
function readIdempotencyKey(request: Request, route: RestRoute): string | undefined {
  const given = request.headers.get("idempotency-key");
  if (given === null || request.method === "GET") return undefined;
  if (route.procedure._def.meta?.secretAnswer) {
    throw new AppError("INVALID_INPUT", { userMessage: "This takes no Idempotency-Key: its answer holds a secret that is told once." });
  }
  const key = idempotencyKey.safeParse(given);
  if (!key.success) throw new AppError("INVALID_INPUT", { userMessage: "Idempotency-Key: 8 to 100 characters." });
  return key.data;
}

/**
 * Answers a REST call.
 * @param segments the path below /api/v1, decoded
 * @param createContext makes the caller's context; what it throws is answered like any error
 */
export async function answerRest(
  request: Request,
  segments: string[],
  requestId: string,
  createContext: () => Promise<RequestContext>,
): Promise<Response> {
  try {
    // before the path is looked at, so that keys which guess are counted
    const ctx = await createContext();
    const found = findRoute(request.method, segments);
    if (!found) throw new AppError("NOT_FOUND", { userMessage: `There is no ${request.method} /api/v1/${segments.join("/")}.` });
    const input = await readInput(request, found);
    const act = (as: RequestContext) => {
      let target: unknown = createCaller(as);
      for (const name of found.route.call) target = (target as Record<string, unknown>)[name];
      return (target as (input: unknown) => Promise<unknown>)(input);
    };
    const key = readIdempotencyKey(request, found.route);
    const once =
      key === undefined ? undefined : { key, requestHash: contentHash([request.method, segments, input]), requestId: randomUUID() };
    const data = once && ctx.actor.kind !== "anonymous" ? await answerOnce(ctx, once, (as) => act({ ...ctx, ...as })) : await act(ctx);
    return Response.json(data ?? null);
  } catch (error) {
    return restError(error instanceof TRPCError ? appErrorOf(error) : toAppError(error), requestId);
  }
}

/** An error as REST tells it. */
export function restError(error: AppError, requestId: string): Response {
  const words = errorWords[error.code];
  const body: RestError = {
    code: error.code,
    message: error.userMessage ?? words.title,
    whatToDo: words.whatToDo,
    ...(error.details === undefined ? {} : { details: error.details }),
    requestId,
  };
  const headers = new Headers();
  if (error.retryAfterMs !== undefined) headers.set("retry-after", String(Math.ceil(error.retryAfterMs / 1000)));
  if (error.code === "UNAUTHENTICATED") headers.set("www-authenticate", "Bearer");
  return Response.json(body, { status: errorTable[error.code].http, headers });
}
