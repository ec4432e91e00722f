import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { AppError, toAppError } from "@/server/errors";
import { MAX_REQUEST_BYTES } from "@/server/limits";
import { serverProcess } from "@/server/process";
import { withBoundedBody } from "@/server/read-body";
import { createRequestContext, requestIdOf } from "@/server/request-context";
import { appRouter } from "@/server/routers/_app";
import { dataSecurityHeaders } from "@/server/security-headers";

const endpoint = "/api/trpc";

async function handler(request: Request): Promise<Response> {
  const requestId = requestIdOf(request);
  const { env, logger } = serverProcess();
  let req = request;
  let refusal: unknown;
  try {
    req = await withBoundedBody(request, MAX_REQUEST_BYTES);
  } catch (error) {
    // answered by tRPC below, in its own form; what is left of the body must not be read
    refusal = error;
    const { method, headers } = request;
    req = new Request(request.url, { method, headers, body: "{}" });
  }
  return fetchRequestHandler({
    endpoint,
    req,
    router: appRouter,
    createContext() {
      if (refusal) throw refusal;
      return createRequestContext(req, requestId);
    },
    onError({ error, path, ctx }) {
      // procedures log their own; this is what failed before one was reached
      if (!ctx && toAppError(error.cause ?? new AppError("INTERNAL")).code === "INTERNAL") {
        logger.error({ err: error.cause ?? error, path, requestId }, "a call failed");
      }
    },
    responseMeta({ errors }) {
      const headers = new Headers({ ...dataSecurityHeaders(env.PUBLIC_URL), "x-request-id": requestId, "cache-control": "no-store" });
      const waits = errors.flatMap(({ cause }) => (cause && toAppError(cause).retryAfterMs) || []);
      if (waits.length > 0) headers.set("retry-after", String(Math.ceil(Math.max(...waits) / 1000)));
      return { headers };
    },
  });
}

export { handler as GET, handler as POST };
