import { practiceScript, practiceStyle } from "./assets.ts";
import type { Html } from "./html.ts";
import * as pages from "./pages.ts";

const cookieName = "practice_session";
/** The slowest answer that may be asked for, in milliseconds. */
const slowest = 10_000;

function page(content: Html, init: ResponseInit = {}): Response {
  return new Response(content.text, {
    ...init,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...init.headers },
  });
}

function file(content: string, contentType: string, headers: Record<string, string> = {}): Response {
  return new Response(content, { headers: { "content-type": contentType, "cache-control": "public, max-age=300", ...headers } });
}

function redirect(to: string, cookie: string): Response {
  return new Response(null, { status: 303, headers: { location: to, "set-cookie": `${cookie}; Path=/practice; HttpOnly; SameSite=Lax` } });
}

function signedInAs(request: Request): string | undefined {
  const cookie = (request.headers.get("cookie") ?? "").split(/;\s*/).find((c) => c.startsWith(`${cookieName}=`));
  return cookie?.slice(cookieName.length + 1) === "demo" ? pages.practiceAccount.email : undefined;
}

async function post(path: string, request: Request): Promise<Response> {
  if (path === "sign-out") return redirect("/practice/sign-in", `${cookieName}=; Max-Age=0`);
  if (path !== "sign-in") return page(pages.missing(), { status: 404 });
  const form = await request.formData();
  const right = form.get("email") === pages.practiceAccount.email && form.get("password") === pages.practiceAccount.password;
  if (!right) return page(pages.signIn(true), { status: 401 });
  return redirect("/practice/account", `${cookieName}=demo${form.get("remember") ? "; Max-Age=2592000" : ""}`);
}

/**
 * The practice site under /practice: somewhere to try recordings without the internet.
 * @param path what follows /practice/, empty for the start page
 */
export async function answerPractice(path: string, request: Request): Promise<Response> {
  if (request.method === "POST") return post(path, request);
  const query = new URL(request.url).searchParams;
  const whole = (name: string, fallback: number, most: number) =>
    Math.min(most, Math.max(1, Math.trunc(Number(query.get(name))) || fallback));
  switch (path) {
    case "":
      return page(pages.start());
    case "style.css":
      return file(practiceStyle, "text/css; charset=utf-8");
    case "script.js":
      return file(practiceScript, "text/javascript; charset=utf-8");
    case "sign-in":
      return page(pages.signIn(false));
    case "account": {
      const email = signedInAs(request);
      return email ? page(pages.account(email)) : redirect("/practice/sign-in", `${cookieName}=; Max-Age=0`);
    }
    case "orders":
      return page(pages.ordersPage(whole("page", 1, Math.ceil(pages.orders.length / pages.ordersPerPage))));
    case "controls":
      return page(pages.controls());
    case "frames":
      return page(pages.frames());
    case "frame-outer":
      return page(pages.frameOuter());
    case "frame-inner":
      return page(pages.frameInner());
    case "slow": {
      const ms = whole("ms", 2000, slowest);
      await new Promise((resolve) => setTimeout(resolve, ms));
      return page(pages.slow(ms));
    }
    case "pop-up":
      return page(pages.popUp());
    case "download":
      return file(
        ["number,item,quantity,total", ...pages.orders.map((o) => `${o.number},${o.item},${o.quantity},${o.total}`)].join("\n"),
        "text/csv; charset=utf-8",
        { "content-disposition": 'attachment; filename="orders.csv"' },
      );
    default:
      return page(pages.missing(), { status: 404 });
  }
}
