import { randomUUID } from "node:crypto";
import { authenticateRequest } from "@/server/authenticate-request";
import { clientAddress } from "@/server/client-address";
import { systemClock } from "@/server/context";
import { apiByProject } from "@/server/limits";
import { planFrom } from "@/server/plan";
import { serverProcess } from "@/server/process";
import { takeFromLimit } from "@/server/rate-limit";
import type { RequestContext } from "@/server/routers/trpc";
import { requireSameOrigin } from "@/server/same-origin";

/** The id that names a request in logs and answers: the caller's own when it has the shape of one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

type Parts = Pick<ReturnType<typeof serverProcess>, "env" | "db" | "logger"> & { clock?: RequestContext["clock"] };

/**
 * Everything that a tRPC or REST call needs to know of its request.
 * @throws AppError FORBIDDEN for a change by cookie that another site sent; RATE_LIMITED for an API key whose project called too
 * often; DATABASE_UNAVAILABLE
 */
export async function createRequestContext(request: Request, requestId: string, parts: Parts = serverProcess()): Promise<RequestContext> {
  const { env, db, logger, clock = systemClock } = parts;
  const plan = planFrom(env);
  const actor = await authenticateRequest(request.headers, { env, db, logger, clock });
  if (actor.kind === "user") requireSameOrigin(request.method, request.headers, env.PUBLIC_URL);
  if (actor.kind === "apiKey") await takeFromLimit(db, apiByProject(plan), actor.projectId);
  return { db, logger: logger.child({ requestId }), clock, actor, plan, ip: clientAddress(request.headers), requestId };
}
