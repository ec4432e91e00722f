import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A page that is in motion, and that shows something calm or something busy by turns, as it is told. */
const page = `<!doctype html><html lang="en"><title>Motion</title><style>body{margin:0;background:#fff}canvas{position:fixed;inset:0}
#box{position:fixed;top:20px;left:0;width:80px;height:80px;background:#246}</style><canvas id="noise" width="1280" height="720" hidden></canvas><div id="box"></div>
<script>
const noise = document.getElementById("noise");
const paper = noise.getContext("2d");
const dots = paper.createImageData(1280, 720);
for (let at = 0; at < dots.data.length; at += 4) {
  dots.data[at] = dots.data[at + 1] = dots.data[at + 2] = Math.random() * 255;
  dots.data[at + 3] = 255;
}
paper.putImageData(dots, 0, 0);
let moves = false;
const go = (now) => {
  document.getElementById("box").style.transform = "translateX(" + ((now / 2) % 1200) + "px)";
  if (moves) requestAnimationFrame(go);
};
new EventSource("/told" + location.search).onmessage = ({ data }) => {
  if (data === "go") { moves = true; requestAnimationFrame(go); }
  if (data === "stop") moves = false;
  if (data === "change") noise.hidden = !noise.hidden;
};
</script></html>`;

/** Serves that page on loopback and a free port; `who` tells its visitors apart. */
export async function startMotionSite() {
  const open = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://site");
    if (url.pathname !== "/told") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      return void response.end(page);
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": open\n\n");
    open.set(url.searchParams.get("who") ?? "", response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    say: (who: string, what: "go" | "stop" | "change") => void open.get(who)?.write(`data: ${what}\n\n`),
    /** Resolves when that visitor has the page. */
    isOpen: async (who: string) => {
      while (!open.has(who)) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Signs in as a person does. @returns the cookies of the session */
export async function signInByForm(url: string, { email, password }: { email: string; password: string }): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  };
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const token = await fetch(`${url}/api/auth/csrf`);
  keep(token);
  const { csrfToken } = (await token.json()) as { csrfToken: string };
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookies() },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
  });
  keep(answer);
  if (![...jar.keys()].some((name) => name.includes("session-token"))) throw new Error(`nobody was signed in: ${answer.status}`);
  return cookies();
}
