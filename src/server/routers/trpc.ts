import type { Permission } from "@deskhand/shared/schemas/project";
import { initTRPC, TRPCError } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import * as z from "zod";
import type { Context } from "@/server/context";
import { AppError, errorTable, toAppError } from "@/server/errors";

/**
 * Who may call a procedure. A permission is checked in the use case on the object; `account` is the signed-in person's own;
 * `public` needs nobody. A test fails for a procedure without one.
 */
export type ProcedurePolicy = Permission | "account" | "public";

export type RequestContext = Context & {
  /** The caller's address, for rate limits only. */
  ip: string;
  requestId: string;
};

type Meta = OpenApiMeta & { policy?: ProcedurePolicy };

const t = initTRPC
  .context<RequestContext>()
  .meta<Meta>()
  .create({
    errorFormatter({ shape, error, ctx }) {
      const app =
        error.cause instanceof z.ZodError ? invalidInput(error.cause) : toAppError(error.cause ?? new AppError(codeOfBare(error)));
      return {
        code: shape.code,
        message: app.userMessage ?? app.code,
        data: {
          code: shape.data.code,
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
  if (result.ok || result.error.cause instanceof z.ZodError) return result;
  const app = toAppError(result.error.cause ?? new AppError(codeOfBare(result.error)));
  if (app.code === "INTERNAL") ctx.logger.error({ err: app.cause, path, requestId: ctx.requestId }, "a procedure failed");
  throw new TRPCError({ code: errorTable[app.code].trpc, message: app.userMessage ?? app.code, cause: app });
});

export const router = t.router;
export const procedure = t.procedure.use(guard);
export const createCallerFactory = t.createCallerFactory;
