import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32, deflateSync } from "node:zlib";

/** A page with nothing on it, and one as people have them open: 220 KB of script that builds a thousand elements, and 12 pictures. */
export async function servePages(): Promise<{ url: string; close(): void }> {
  const script = bundle(220_000);
  const pictures = Array.from({ length: 12 }, (_, n) => picture(480, 320, n));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://bench").pathname;
    const number = /^\/picture-(\d+)\.png$/.exec(path)?.[1];
    const [type, body] =
      number !== undefined
        ? ["image/png", pictures[Number(number)]]
        : path === "/app.js"
          ? ["text/javascript", script]
          : ["text/html", path === "/realistic" ? realistic : path === "/visited" ? visited : "<!doctype html><title>Blank</title>"];
    response.writeHead(200, { "content-type": type, "cache-control": "max-age=600" });
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** It keeps how often it was opened: each time there is something to save. */
const visited = `<!doctype html><title>Visited</title><script>localStorage.visits = Number(localStorage.visits ?? 0) + 1</script>`;

const realistic = `<!doctype html><title>Realistic</title><style>body{font:15px sans-serif}li{display:flex;gap:8px;padding:6px;border-bottom:1px solid #ddd}</style>
<div id="root"></div>${Array.from({ length: 12 }, (_, n) => `<img src="/picture-${n}.png" width="240">`).join("")}<script src="/app.js"></script>`;

/** Script of that many bytes: components that are made, kept and listened to, as a framework does. */
function bundle(bytes: number): string {
  const parts = [
    `const root = document.getElementById("root"); const kept = []; const make = (n, text) => {
    const item = document.createElement("li"); const state = { n, text, history: Array.from({ length: 20 }, (_, i) => ({ i, text })) };
    item.append(Object.assign(document.createElement("b"), { textContent: text }), Object.assign(document.createElement("span"), { textContent: "row " + n }));
    item.addEventListener("click", () => { state.history.push({ i: n, text: item.textContent }); }); kept.push(state); root.append(item); };`,
  ];
  for (let n = 0, length = 0; length < bytes; n++) {
    const part = `function component${n}(props) { const label = "Component number ${n} with a text of its own"; make(${n}, label + (props.suffix ?? "")); return { label, props }; }
component${n}({ suffix: " ${n * 7}" });`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("\n");
}

/** A PNG of coloured stripes, so large as a photograph is in memory. */
function picture(width: number, height: number, seed: number): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let at = 0; at < rows.length; at++) rows[at] = at % (width * 3 + 1) === 0 ? 0 : (at * (seed + 3)) >> 3;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
