import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { plainSecurityHeaders } from "./security-headers.ts";
import { traceGuard } from "./trace-guard.ts";

/** Where Playwright's trace viewer is. Its service worker's scope ends here, so it sees no other request of the dashboard. */
const FOLDER = "/trace/";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".webmanifest": "application/manifest+json",
};

type Viewer = { files: ReadonlySet<string>; folder: string; inlineScript: string };
let viewer: Promise<Viewer> | undefined;

/**
 * Serves Playwright's trace viewer as it is built into playwright-core, of this very version that recorded the trace. The trace itself is
 * read by the viewer through /api/v1 with the person's session: there is no other address for it, and nothing is asked of anybody else.
 * @returns false when the path is another
 */
export async function answerTraceViewer(publicUrl: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const pathname = request.url?.split("?")[0] ?? "";
  if (!pathname.startsWith(FOLDER)) return false;
  viewer ??= openViewer();
  const { files, folder, inlineScript } = await viewer;
  const name = pathname.slice(FOLDER.length) || "index.html";
  // what the worker makes up is asked of us only where there is no worker yet
  if (!files.has(name) || (request.method !== "GET" && request.method !== "HEAD")) {
    response.writeHead(404, { ...plainSecurityHeaders(publicUrl), "content-type": "text/plain" }).end("There is no such file.\n");
    return true;
  }
  const content = await readFile(path.join(folder, name));
  const body = name === "sw.bundle.js" ? Buffer.concat([Buffer.from(traceGuard), content]) : content;
  response.writeHead(200, {
    ...plainSecurityHeaders(publicUrl),
    ...policyOf(name, inlineScript),
    "content-type": types[path.extname(name)] ?? "application/octet-stream",
    "content-length": body.length,
    // all but a few have a hash in their name
    "cache-control": /\.[\w-]{8}\.|-[\w-]{8}\.js$/.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
  });
  response.end(request.method === "HEAD" ? undefined : body);
  return true;
}

async function openViewer(): Promise<Viewer> {
  const core = path.dirname(createRequire(import.meta.url).resolve("playwright-core/package.json"));
  const folder = path.join(core, "lib/vite/traceViewer");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // a list of what there is: no path of a request reaches the disk
  const files = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
  );
  const page = await readFile(path.join(folder, "index.html"), "utf8");
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
  return { files, folder, inlineScript: createHash("sha256").update(script).digest("base64") };
}

/** Scripts of the viewer's own only, and no address but ours: also for its worker, which could be told to fetch a trace from elsewhere. */
function policyOf(name: string, inlineScript: string): OutgoingHttpHeaders {
  if (name === "sw.bundle.js") return { "content-security-policy": "default-src 'none'; connect-src 'self'" };
  if (!name.endsWith(".html")) return { "content-security-policy": "default-src 'none'" };
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${inlineScript}'`,
    "worker-src 'self'",
    // its editor writes styles into the page
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    "connect-src 'self' blob: data:",
    // the empty page that it shows before a snapshot is a data: address, which has no origin
    "frame-src 'self' data:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${name === "snapshot.html" ? "'self'" : "'none'"}`,
  ];
  return { "content-security-policy": policy.join("; ") };
}
