import { id as idSchema } from "@deskhand/shared/schemas/common";
import { clientAddress } from "@/server/client-address";
import { systemClock } from "@/server/context";
import { fireTrigger } from "@/server/domain/trigger/fire-trigger";
import { MAX_MESSAGE_BYTES } from "@/server/domain/trigger/rules";
import { AppError, toAppError } from "@/server/errors";
import { planFrom } from "@/server/plan";
import { serverProcess } from "@/server/process";
import { withBoundedBody } from "@/server/read-body";
import { requestIdOf } from "@/server/request-context";
import { restError } from "@/server/routers/rest";
import { dataSecurityHeaders } from "@/server/security-headers";

type Params = { params: Promise<{ id: string }> };

/** A signed message that begins a deployment: the signature is the right to. */
export async function POST(request: Request, { params }: Params): Promise<Response> {
  const requestId = requestIdOf(request);
  const { env, db, logger } = serverProcess();
  let response: Response;
  try {
    const { data: triggerId } = idSchema.safeParse((await params).id);
    if (!triggerId) throw new AppError("NOT_FOUND");
    const body = await (await withBoundedBody(request, MAX_MESSAGE_BYTES)).text();
    const ctx = { db, clock: systemClock, logger: logger.child({ requestId }), plan: planFrom(env), actor: { kind: "anonymous" } as const };
    const message = { triggerId, headers: request.headers, body, address: clientAddress(request.headers) };
    const answer = await fireTrigger(ctx, message, { authSecret: env.AUTH_SECRET });
    response = Response.json(answer, { status: answer.repeated ? 200 : 202 });
  } catch (error) {
    response = restError(toAppError(error), requestId);
  }
  for (const [name, value] of Object.entries(dataSecurityHeaders(env.PUBLIC_URL))) response.headers.set(name, value);
  response.headers.set("x-request-id", requestId);
  response.headers.set("cache-control", "no-store");
  return response;
}
