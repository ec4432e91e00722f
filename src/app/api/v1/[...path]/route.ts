import { toAppError } from "@/server/errors";
import { MAX_REQUEST_BYTES } from "@/server/limits";
import { serverProcess } from "@/server/process";
import { withBoundedBody } from "@/server/read-body";
import { createRequestContext, requestIdOf } from "@/server/request-context";
import { answerRest, restError } from "@/server/routers/rest";
import { dataSecurityHeaders } from "@/server/security-headers";

type Params = { params: Promise<{ path: string[] }> };

async function handler(request: Request, { params }: Params): Promise<Response> {
  const requestId = requestIdOf(request);
  let response: Response;
  try {
    const bounded = await withBoundedBody(request, MAX_REQUEST_BYTES);
    response = await answerRest(bounded, (await params).path, requestId, () => createRequestContext(bounded, requestId));
  } catch (error) {
    response = restError(toAppError(error), requestId);
  }
  for (const [name, value] of Object.entries(dataSecurityHeaders(serverProcess().env.PUBLIC_URL))) response.headers.set(name, value);
  response.headers.set("x-request-id", requestId);
  response.headers.set("cache-control", "no-store");
  return response;
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
