import { serverProcess } from "@/server/process";
import { openApiDocument } from "@/server/routers/openapi";
import { dataSecurityHeaders } from "@/server/security-headers";

// the address is known at run time
export const dynamic = "force-dynamic";

/** Open to everybody: it holds nothing of the installation but its own address. */
export function GET(): Response {
  const { PUBLIC_URL } = serverProcess().env;
  return Response.json(openApiDocument(PUBLIC_URL), {
    headers: { ...dataSecurityHeaders(PUBLIC_URL), "access-control-allow-origin": "*", "cache-control": "public, max-age=300" },
  });
}
