import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A page with a form that works as many do: it listens to what is typed, and draws what was added. */
const page = `<!doctype html><html lang="en"><title>Form</title>
<style>body{font:16px sans-serif;margin:2rem}li{padding:2px}</style>
<h1>People</h1><label>Name <input id="name"></label> <button id="add">Add</button><p id="told"></p><ol id="list"></ol>
<script>
let count = 0;
const field = document.getElementById("name");
field.oninput = () => { document.getElementById("told").textContent = field.value.length + " letters"; };
document.getElementById("add").onclick = () => {
  count++;
  const item = document.createElement("li");
  item.id = "done-" + count;
  item.textContent = field.value;
  document.getElementById("list").prepend(item);
  if (document.getElementById("list").children.length > 12) document.getElementById("list").lastChild.remove();
};
</script></html>`;

/** Serves that page on loopback and a free port. */
export async function startFormSite(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
