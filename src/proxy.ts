import { type NextRequest, NextResponse } from "next/server";
import { readSettings } from "@/server/env";
import { pagePolicy, plainSecurityHeaders, practicePolicy } from "@/server/security-headers";

let publicUrl: string | undefined;

/**
 * Gives each page a nonce of its own and the headers that keep foreign scripts out. Next takes the nonce for its own scripts from
 * the request's Content-Security-Policy; layouts read it from `x-nonce`, and the address from `x-path`.
 */
export function proxy(request: NextRequest): NextResponse {
  publicUrl ??= readSettings(process.env).PUBLIC_URL;
  const plain = plainSecurityHeaders(publicUrl);
  if (/^\/practice(\/|$)/.test(request.nextUrl.pathname)) {
    return NextResponse.next({ headers: { ...plain, "content-security-policy": practicePolicy } });
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString("base64");
  const policy = pagePolicy({
    nonce,
    host: request.headers.get("host"),
    secure: publicUrl.startsWith("https://"),
    development: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  // where somebody who must sign in first wanted to go; always set, so that a caller cannot
  headers.set("x-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.next({ request: { headers }, headers: { ...plain, "content-security-policy": policy } });
}

/** Pages only: route handlers under /api set their own headers, and hashed files need none. */
export const config = { matcher: ["/((?!api/|_next/|favicon\\.ico$).*)"] };
