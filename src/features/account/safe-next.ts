/** Where to go after signing in: a page of ours that was asked for, else the dashboard. Anything that could lead elsewhere is ignored. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || !URL.canParse(next, "http://here.invalid")) return "/dashboard";
  const url = new URL(next, "http://here.invalid");
  // "//elsewhere" and "/\elsewhere" are other hosts to a browser
  if (url.origin !== "http://here.invalid" || !/^\/dashboard(\/|$)/.test(url.pathname)) return "/dashboard";
  return `${url.pathname}${url.search}${url.hash}`;
}
