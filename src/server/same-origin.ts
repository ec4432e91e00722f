import { AppError } from "@/server/errors";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * May a request that is signed in by cookie change something? Only one that our own pages sent. Browsers say so in Sec-Fetch-Site
 * (where the page is secure or local) and in Origin; neither can be set by a page's script. One that says nothing is refused: it
 * was not a page, and programs use API keys.
 * @throws AppError FORBIDDEN
 */
export function requireSameOrigin(method: string, headers: Headers, publicUrl: string): void {
  if (safeMethods.has(method)) return;
  const site = headers.get("sec-fetch-site");
  if (site !== null ? site === "same-origin" : headers.get("origin") === new URL(publicUrl).origin) return;
  throw new AppError("FORBIDDEN", {
    userMessage: "This request did not come from one of Deskhand's own pages. Open Deskhand at its usual address and try again.",
  });
}
