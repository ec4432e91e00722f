import type { Permission } from "@deskhand/shared/schemas/project";
import { initTRPC, TRPCError } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import * as z from "zod";
import type { Context } from "@/server/context";
import { AppError, errorTable, toAppError } from "@/server/errors";

/**
 * Who may call a procedure. A permission is checked in the use case on the object; `account` is the signed-in person's own;
 * `operator` is the installation's staff's, and nothing to everybody else; `public` needs nobody. A test fails for a procedure without one.
 */
export type ProcedurePolicy = Permission | "account" | "operator" | "public";

export type RequestContext = Context & {
  /** The caller's address, for rate limits only. */
  ip: string;
  requestId: string;
};

/** `secretAnswer`: what it answers is told once and kept nowhere, so it cannot be repeated for an Idempotency-Key. */
type Meta = OpenApiMeta & { policy?: ProcedurePolicy; secretAnswer?: boolean };

const t = initTRPC
  .context<RequestContext>()
  .meta<Meta>()
  .create({
    errorFormatter({ shape, error, ctx }) {
      const app = appErrorOf(error);
      return {
        code: shape.code,
        message: app.userMessage ?? app.code,
        data: {
          code: errorTable[app.code].trpc,
          httpStatus: errorTable[app.code].http,
          appCode: app.code,
          userMessage: app.userMessage ?? null,
          details: app.details ?? null,
          retryAfterSeconds: app.retryAfterMs === undefined ? null : Math.ceil(app.retryAfterMs / 1000),
          requestId: ctx?.requestId ?? null,
        },
      };
    },
    sse: { maxDurationMs: 15 * 60_000, ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

function invalidInput(error: z.ZodError): AppError {
  const issues = error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  return new AppError("INVALID_INPUT", {
    userMessage: issues[0] ? `${issues[0].field || "input"}: ${issues[0].message}` : undefined,
    details: { issues },
  });
}

/** Our error behind tRPC's. A view that does not match its output schema is our mistake (INTERNAL), not the caller's. */
export function appErrorOf(error: TRPCError): AppError {
  if (error.cause instanceof z.ZodError && error.code === "BAD_REQUEST") return invalidInput(error.cause);
  return toAppError(error.cause ?? new AppError(codeOfBare(error)));
}

/** tRPC's own refusals (unknown path, unreadable body) carry no cause. */
function codeOfBare(error: TRPCError) {
  switch (error.code) {
    case "NOT_FOUND":
      return "NOT_FOUND";
    case "UNAUTHORIZED":
      return "UNAUTHENTICATED";
    case "FORBIDDEN":
      return "FORBIDDEN";
    case "PAYLOAD_TOO_LARGE":
      return "PAYLOAD_TOO_LARGE";
    case "BAD_REQUEST":
    case "PARSE_ERROR":
    case "METHOD_NOT_SUPPORTED":
    case "UNSUPPORTED_MEDIA_TYPE":
      return "INVALID_INPUT";
    default:
      return "INTERNAL";
  }
}

/** Refuses what the declared policy refuses for everybody; turns what the domain throws into tRPC's error with the code kept. */
const guard = t.middleware(async ({ ctx, meta, path, next }) => {
  const policy = meta?.policy;
  if (!policy) throw new TRPCError({ code: "FORBIDDEN", cause: new AppError("FORBIDDEN") });
  if (policy !== "public" && ctx.actor.kind === "anonymous")
    throw new TRPCError({ code: "UNAUTHORIZED", cause: new AppError("UNAUTHENTICATED") });
  if (policy === "account" && ctx.actor.kind !== "user") throw new TRPCError({ code: "FORBIDDEN", cause: new AppError("FORBIDDEN") });
  const result = await next();
  if (result.ok) return result;
  const app = appErrorOf(result.error);
  // keeps its cause: the issues are told from it
  if (app.code === "INVALID_INPUT" && result.error.cause instanceof z.ZodError) return result;
  if (app.code === "INTERNAL") ctx.logger.error({ err: app.cause, path }, "a procedure failed");
  throw new TRPCError({ code: errorTable[app.code].trpc, message: app.userMessage ?? app.code, cause: app });
});

export const router = t.router;
export const procedure = t.procedure.use(guard);
export const createCallerFactory = t.createCallerFactory;

export type AnyProcedure = { _def: { type: "query" | "mutation" | "subscription"; meta?: Meta; inputs: unknown[]; output?: unknown } };

/** All procedures of a router by their path, like `run.list`. tRPC's types show the tree; at run time it is flat. */
export function proceduresOf(of: { _def: { procedures: object } }): Record<string, AnyProcedure> {
  return of._def.procedures as Record<string, AnyProcedure>;
}
