import { type NextRequest, NextResponse } from "next/server";
import NextAuth from "next-auth";
import { createAuthOptions } from "@/server/auth-options";
import { clientAddress } from "@/server/client-address";
import { systemClock } from "@/server/context";
import { errorTable, toAppError } from "@/server/errors";
import { MAX_AUTH_REQUEST_BYTES } from "@/server/limits";
import { serverProcess } from "@/server/process";
import { withBoundedBody } from "@/server/read-body";
import { dataSecurityHeaders } from "@/server/security-headers";

type Params = { params: Promise<{ nextauth: string[] }> };

async function handler(request: NextRequest, context: Params): Promise<Response> {
  const { env, db, logger } = serverProcess();
  const headers = dataSecurityHeaders(env.PUBLIC_URL);
  // would let anybody write into the log
  if ((await context.params).nextauth[0] === "_log") return new NextResponse(null, { status: 204, headers });
  try {
    await withBoundedBody(request.clone(), MAX_AUTH_REQUEST_BYTES);
  } catch (error) {
    const { code } = toAppError(error);
    return NextResponse.json({ code }, { status: errorTable[code].http, headers });
  }
  const options = createAuthOptions(
    env,
    { db, logger, clock: systemClock, actor: { kind: "anonymous" } },
    { clientAddress: clientAddress(request.headers), userAgent: request.headers.get("user-agent") },
  );
  const response: Response = await NextAuth(request, context, options);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

export { handler as GET, handler as POST };
