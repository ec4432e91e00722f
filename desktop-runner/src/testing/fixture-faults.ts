import type { IncomingMessage, ServerResponse } from "node:http";

const gigabyte = 1024 ** 3;
const part = Buffer.alloc(64 * 1024);

/** Pages that make automation hard, and answers for requests of steps. False for any other address. */
export function answerFault(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
  switch (url.pathname) {
    case "/around":
      // one stop after the other, without end
      response.writeHead(302, { location: `/around?n=${Number(url.searchParams.get("n") ?? 0) + 1}` });
      response.end();
      return true;
    case "/gigabyte": {
      // told beforehand or not, and handed over as fast as it is taken
      const told = url.searchParams.has("told") ? { "content-length": String(gigabyte) } : {};
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-disposition": "attachment; filename=big.bin",
        ...told,
      });
      let left = gigabyte;
      const send = () => {
        while (left > 0 && !response.destroyed) {
          left -= part.length;
          if (!response.write(part)) return;
        }
        if (left <= 0) response.end();
      };
      response.on("drain", send);
      send();
      return true;
    }
    case "/echo": {
      let body = "";
      request.on("data", (part) => {
        body += part;
      });
      request.on("end", () => {
        response.writeHead(Number(url.searchParams.get("status") ?? 200), { "content-type": "application/json" });
        response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
      });
      return true;
    }
    case "/rows": {
      const rows = Array.from({ length: Number(url.searchParams.get("n") ?? 10) }, (_, n) => `<tr><td>${n}</td><td>row ${n}</td></tr>`);
      html(response, `<title>Rows</title><table><tr><th>Number</th><th>Name</th></tr>${rows.join("")}</table>`);
      return true;
    }
    case "/upload":
      html(
        response,
        `<title>Upload</title><input id="file" type="file"><button id="choose">Choose</button><pre id="log"></pre><script>
const show = async (input) => { document.getElementById("log").textContent = input.files[0].name + ": " + await input.files[0].text(); };
file.onchange = () => show(file);
choose.onclick = () => { const input = document.createElement("input"); input.type = "file"; input.onchange = () => show(input); input.click(); };
</script>`,
      );
      return true;
    case "/more":
      html(
        response,
        `<title>More</title><table><tr><th>n</th></tr><tr><td>1</td></tr></table><button id="more">Load more</button><script>
let n = 1;
more.onclick = () => setTimeout(() => {
  document.querySelector("tbody").insertAdjacentHTML("beforeend", "<tr><td>" + ++n + "</td></tr>");
  if (n === 4) more.remove();
}, 20);</script>`,
      );
      return true;
    case "/moving":
      // still in the end: what moves is waited for
      html(
        response,
        `<title>Moving</title><style>@keyframes go{from{margin-left:0}to{margin-left:400px}}#go{animation:go .4s}</style>
<button id="go" onclick="document.title='hit'">Go</button>`,
      );
      return true;
    case "/restless":
      // draws itself anew all the time, and leaves while somebody acts
      html(
        response,
        `<title>Restless</title><div id="box"></div><script>
const draw = () => { box.innerHTML = "<button>Next</button>"; };
draw();
const drawing = setInterval(draw, 5);
setTimeout(() => { clearInterval(drawing); if (!location.search) location.search = "again"; }, 80);
document.addEventListener("click", () => { document.title = "clicked"; });
</script>`,
      );
      return true;
    case "/alerts":
      html(
        response,
        `<title>Alerts</title><button id="go" onclick="document.title='hit ' + count">Go</button><script>
let count = 0;
const nag = setInterval(() => { count++; alert("again"); if (count === 30) clearInterval(nag); }, 1);</script>`,
      );
      return true;
    default:
      return false;
  }
}

function html(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en">${text}</html>`);
}
