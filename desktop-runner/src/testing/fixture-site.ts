import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerFault } from "./fixture-faults.ts";
import { fixturePages } from "./fixture-pages.ts";

export type FixtureSite = {
  origin: string;
  /** requests seen so far: "GET /path" */
  requests: string[];
  close(): Promise<void>;
};

/** Serves the pages that the runner's tests drive, on loopback and a free port. */
export async function startFixtureSite(): Promise<FixtureSite> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, requests, close: () => close(server) };
}

/** An origin on which nothing listens: the port was free a moment ago. */
export async function refusedOrigin(): Promise<string> {
  const site = await startFixtureSite();
  await site.close();
  return site.origin;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fixture");
  if (answerFault(url, request, response)) return;
  switch (url.pathname) {
    case "/sign-in": {
      if (request.method !== "POST") return page(response, "sign-in");
      const form = new URLSearchParams(await body(request));
      const good = form.get("user") === "ann" && form.get("password") === "correct horse";
      response.writeHead(
        303,
        good ? { location: "/account", "set-cookie": "session=ann; Path=/; HttpOnly" } : { location: "/sign-in?wrong" },
      );
      return void response.end();
    }
    case "/account": {
      const signedIn = request.headers.cookie?.includes("session=ann") ?? false;
      return html(response, signedIn ? accountPage : "<title>Signed out</title><h1>Signed out</h1>");
    }
    case "/csp":
      response.setHeader("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'");
      return html(response, "<title>Strict</title><h1>Strict</h1><button>Press</button>");
    case "/file":
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-disposition": 'attachment; filename="../report.csv"',
      });
      return void response.end("a,b\n".repeat(Number(url.searchParams.get("lines") ?? 3)));
    case "/redirect":
      response.writeHead(302, { location: url.searchParams.get("to") ?? "/" });
      return void response.end();
    case "/worker.js":
      response.writeHead(200, { "content-type": "text/javascript" });
      return void response.end(workerScript);
    case "/endless": {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-disposition": "attachment; filename=endless.bin" });
      const more = setInterval(() => response.write(Buffer.alloc(100_000)), 5);
      return void response.on("close", () => clearInterval(more));
    }
    case "/never":
      return; // a page that never answers
    default: {
      const name = url.pathname.slice(1) || "index";
      return Object.hasOwn(fixturePages, name) ? page(response, name) : html(response, "<title>Not found</title>", 404);
    }
  }
}

/** Both a service worker and a dedicated one: asks for the address that it was given. */
const workerScript = `const to = new URL(location.href).searchParams.get("to");
const ask = () => fetch(to, { mode: "no-cors" }).then(() => "reached", () => "refused");
if ("clients" in self) { self.addEventListener("install", (event) => event.waitUntil(ask())); }
else void ask().then((end) => postMessage(end));`;

const accountPage = `<title>Account</title><h1>Welcome</h1>
<script>localStorage.setItem("visits", String(Number(localStorage.getItem("visits") ?? 0) + 1));
document.write("<p id=visits>" + localStorage.getItem("visits") + "</p>");</script>`;

function page(response: ServerResponse, name: string): void {
  html(response, fixturePages[name] ?? "");
}

function html(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">${text}</html>`);
}

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
