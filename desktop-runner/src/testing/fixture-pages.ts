import { recorderPages } from "./recorder-pages.ts";

/** The fixture site's plain pages by name; `#log` on a page collects what happened to it. */
const logScript = `<pre id="log" style="position:fixed;right:0;bottom:0;margin:0;pointer-events:none"></pre><script>
const log = (line) => { document.getElementById("log").textContent += line + "\\n"; };
</script>`;

export const fixturePages: Record<string, string> = {
  ...recorderPages,
  index: "<title>Home</title><h1>Home</h1><a href='/two'>Second page</a>",
  two: "<title>Two</title><h1>Two</h1>",
  "sign-in": `<title>Sign in</title><style>body{font:16px sans-serif;max-width:30em;margin:3em auto}input,button{display:block;margin:1em 0;padding:.5em;width:100%}</style>
<h1>Sign in</h1><form method="post" action="/sign-in">
<label>User name <input name="user" id="user"></label><label>Password <input name="password" id="password" type="password"></label>
<button id="go">Sign in</button></form>`,
  pointer: `<title>Pointer</title>${logScript}
<button id="target" style="width:200px;height:100px">Target</button><div id="hover">Hover me</div>
<script>
for (const type of ["click", "dblclick", "auxclick", "contextmenu", "mousedown", "touchstart"])
  target.addEventListener(type, (event) => {
    const box = target.getBoundingClientRect();
    const at = event.clientX === undefined ? "" : Math.round(event.clientX - box.left) + "," + Math.round(event.clientY - box.top);
    if (type === "contextmenu") event.preventDefault();
    log([type, event.button, at].join(" "));
  }, { passive: false });
// the thumb buttons would leave the page
target.addEventListener("mouseup", (event) => event.button > 2 && event.preventDefault());
document.getElementById("hover").addEventListener("mouseenter", () => log("hover"));
</script>`,
  form: `<title>Form</title>${logScript}
<input id="text" aria-label="Full name"><textarea id="area"></textarea><input id="color" type="color"><input id="date" type="date">
<input id="range" type="range" min="0" max="10"><input id="check" type="checkbox"><div id="rich" contenteditable="true"></div>
<select id="single"><option value="a">Alpha</option><option value="b">Beta</option></select>
<select id="many" multiple><option>x</option><option>y</option></select>
<script>for (const type of ["input", "change"]) document.addEventListener(type, (event) => log(type + " " + event.target.id));</script>`,
  keys: `<title>Keys</title>${logScript}<input id="box" autofocus><script>
for (const type of ["keydown", "keyup"]) document.addEventListener(type, (event) => log([type, event.key, event.shiftKey].join(" ")));
document.getElementById("box").focus();</script>`,
  scroll: `<title>Scroll</title><div id="list" style="height:100px;overflow:auto"><div style="height:2000px;width:2000px">tall</div></div>
<div style="height:5000px;width:3000px"></div>`,
  selectors: `<title>Selectors</title>${logScript}
<p style="display:none"><button class="b">Hidden twin</button></p>
<button class="b" id="one">Send <b>now</b></button>
<label for="mail">E-mail</label><input id="mail"><input placeholder="Search"><img alt="Logo" src="data:,">
<div role="button" tabindex="0" aria-labelledby="l1 l2">x</div><span id="l1">Open</span><span id="l2">menu</span>
<h2>Chapter</h2><a href="#there">Read on</a><nav aria-label="Main"></nav>
<my-card id="card"></my-card><div id="light"><button>Inside light</button></div>
<script>
const card = document.getElementById("card").attachShadow({ mode: "open" });
card.innerHTML = "<section><button id='deep'>Shadow button</button><my-inner></my-inner></section>";
card.querySelector("my-inner").attachShadow({ mode: "open" }).innerHTML = "<button class='deeper'>Deeper button</button>";
document.addEventListener("click", (event) => log("click " + event.composedPath()[0].textContent.trim()), true);
</script>`,
  frames: `<title>Frames</title><iframe src="/frame-a"></iframe><iframe src="/frame-b"></iframe>`,
  "frame-a": `<title>A</title><button onclick="this.textContent='pressed A'">A</button>`,
  "frame-b": `<title>B</title><iframe src="/frame-c"></iframe>`,
  "frame-c": `<title>C</title><button onclick="this.textContent='pressed C'">C</button>`,
  popup: `<title>Opener</title><button onclick="window.open('/popup-child','_blank','width=300,height=300')">Open</button>`,
  "popup-child": `<title>Child</title><button onclick="document.title='pressed'">In the pop-up</button>`,
  dialogs: `<title>Dialogs</title>${logScript}
<button id="alert" onclick="alert('secret words'); log('alerted')">Alert</button>
<button id="confirm" onclick="log('confirm ' + confirm('sure?'))">Confirm</button>
<button id="prompt" onclick="log('prompt ' + prompt('name?', 'default'))">Prompt</button>
<button id="guard" onclick="window.addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'stay'; }); log('guarded')">Guard</button>`,
  questions: `<title>Questions</title>${logScript}<body style="margin:0"><button style="width:100vw;height:50vh" onclick="log('sure ' + confirm('Sure?'))">Sure</button>
<button style="width:100vw;height:50vh" onclick="log('name ' + prompt('Name?', 'Ann'))">Name</button></body>`,
  hold: `<title>Hold</title>${logScript}<style>body{margin:0}button,input{position:absolute;left:20px;width:200px;height:40px;margin:0}</style>
<button style="top:20px" onclick="log('clicked')">Click me</button><input id="words" style="top:80px" aria-label="Words">
<input id="files" type="file" multiple style="top:140px" onchange="Promise.all([...this.files].map((f) => f.text().then((t) => f.name + '=' + t.length))).then((all) => log(all.join(',')))">
<button style="top:200px" onclick="window.open('/popup-child','_blank','width=300,height=300')">Pop up</button>
<button style="top:260px" onclick="const done = document.createElement('p'); done.id = 'done'; done.textContent = 'by hand'; document.body.append(done)">Finish</button>`,
  noise: `<title>Noise</title><canvas id="paper" width="900" height="400" style="margin-left:300px"></canvas>
<button style="position:absolute;left:20px;top:260px;width:200px;height:40px" onclick="const done = document.createElement('p'); done.id = 'done'; done.textContent = 'by hand'; document.body.append(done)">Finish</button><script>
const paper = document.getElementById("paper").getContext("2d");
setInterval(() => { for (let at = 0; at < 300; at++) { paper.fillStyle = "hsl(" + Math.random() * 360 + " 90% 50%)"; paper.fillRect(Math.random() * 900, Math.random() * 400, 20, 20); } }, 50);
</script>`,
  captcha: `<title>Captcha</title><iframe src="/frame-a?hcaptcha.com/captcha/" style="width:304px;height:78px;border:0"></iframe>
<button style="position:absolute;left:20px;top:260px" onclick="const done = document.createElement('p'); done.id = 'done'; done.textContent = 'by hand'; document.body.append(done)">Pass</button>`,
  code: `<title>Code</title><label>Code <input autocomplete="one-time-code" id="code" style="position:absolute;left:20px;top:260px"></label><script>
code.oninput = () => { if (code.value === "123456") { const done = document.createElement("p"); done.id = "done"; done.textContent = "by hand"; document.body.append(done); } };</script>`,
  download: `<title>Download</title><a id="small" href="/file">Small</a> <a id="large" href="/file?lines=300000">Large</a>
<a id="endless" href="/endless">Endless</a>`,
  reach: `<title>Reach</title>${logScript}<a id="link" href="#">Link</a> <button id="pop">Pop-up</button><script>
const to = new URL(location.href).searchParams.get("to") + "/";
const tell = (what) => [() => log(what + " reached"), () => log(what + " refused")];
document.getElementById("link").href = to;
document.getElementById("pop").onclick = () => window.open(to);
const element = (name) => { const made = document.createElement(name); document.body.append(made); return made; };
const ways = {
  fetch: () => fetch(to, { mode: "no-cors" }).then(...tell("fetch")),
  img: () => { const img = element("img"); [img.onload, img.onerror] = tell("img"); img.src = to; },
  frame: () => { const frame = element("iframe"); frame.onload = () => log("frame loaded"); frame.src = to; },
  socket: () => { const socket = new WebSocket(to.replace("http", "ws")); [socket.onopen, socket.onerror] = tell("socket"); },
  worker: () => { new Worker("/worker.js?to=" + to).onmessage = ({ data }) => log("worker " + data); },
  service: () => navigator.serviceWorker.register("/worker.js?to=" + to).then(() => navigator.serviceWorker.ready).then(() => log("service done"), () => log("service done")),
  beacon: () => { navigator.sendBeacon(to, "x"); log("beacon sent"); },
};
for (const way of (new URL(location.href).searchParams.get("by") ?? "").split(",")) ways[way]?.();
</script>`,
  datagrams: `<title>Datagrams</title>${logScript}<script>
const port = new URL(location.href).searchParams.get("port");
const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:" + port },
  { urls: "turn:127.0.0.1:" + port, username: "a", credential: "b" }] });
peer.onicegatheringstatechange = () => { if (peer.iceGatheringState === "complete") log("gathered"); };
peer.createDataChannel("x");
peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(() => log("gathered"));
</script>`,
  late: `<title>Late</title>${logScript}<script>setTimeout(() => {
  const button = document.createElement("button"); button.id = "late"; button.textContent = "Late";
  button.onclick = () => log("late clicked"); document.body.append(button); window.ready = true; }, 200);</script>`,
  covered: `<title>Covered</title><button id="under">Under</button><div style="position:fixed;inset:0;background:#fff8"></div>`,
  items: `<title>Items</title><ul><li class="item" data-id="1" title="one">One</li><li class="item" data-id="2" title="two">Two</li></ul>`,
  table: `<title>Table</title><table><thead><tr><th>Name</th><th>Price</th></tr></thead><tbody></tbody></table><button id="next">Next page</button>
<script>
const pages = [[["Tea", "3"], ["Milk", "2"]], [["Salt", "1"]], [["Rice", "4"]]];
let index = 0;
const draw = () => {
  document.querySelector("tbody").innerHTML = pages[index].map((row) => "<tr>" + row.map((cell) => "<td>" + cell + "</td>").join("") + "</tr>").join("");
  document.getElementById("next").disabled = index === pages.length - 1;
};
document.getElementById("next").onclick = () => setTimeout(() => { index++; draw(); }, 50);
draw();
</script>`,
  unsaved: `<title>Unsaved</title>${logScript}<script>
const ways = {
  key: async (put) => put(await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"])),
  file: async (put) => put({ nested: [new Blob(["x"])], at: new Date() }),
  plain: async (put) => put({ nothing: {}, at: new Date() }),
  cache: async () => (await caches.open("c")).put("/x", new Response("hi")),
  service: async () => { await navigator.serviceWorker.register("/worker.js"); await navigator.serviceWorker.ready; },
  folder: async () => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle("x", { create: true });
    const writer = await file.createWritable(); await writer.write("hello"); await writer.close(); },
};
void (async () => {
  for (const way of (new URL(location.href).searchParams.get("by") ?? "").split(",").filter(Boolean)) {
    await ways[way]((value) => new Promise((resolve) => {
      const request = indexedDB.open("db", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("kv");
      request.onsuccess = () => { const write = request.result.transaction("kv", "readwrite");
        write.objectStore("kv").put(value, way); write.oncomplete = () => { request.result.close(); resolve(); }; }; }));
  }
  document.title = "Kept"; log("all kept"); })();
</script>`,
  state: `<title>State</title>${logScript}<button id="keep">Keep</button><script>
const open = () => new Promise((resolve) => { const request = indexedDB.open("db", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("kv"); request.onsuccess = () => resolve(request.result); });
document.getElementById("keep").onclick = async () => {
  localStorage.setItem("kept", "local"); document.cookie = "kept=cookie; max-age=3600";
  const db = await open(); const write = db.transaction("kv", "readwrite"); write.objectStore("kv").put("indexed", "kept");
  write.oncomplete = () => log("saved"); };
void (async () => { const db = await open(); const get = db.transaction("kv").objectStore("kv").get("kept");
  get.onsuccess = () => log(["found", localStorage.getItem("kept"), document.cookie, get.result].join(" ")); })();
</script>`,
};
