/** Pages that people do difficult things on; `#log` on each tells what the page understood. */
const logScript = `<pre id="log" style="margin:0"></pre><script>
const log = (line) => { document.getElementById("log").textContent += line + "\\n"; };
</script>`;

/** Frames of other sites are the same server by another name. */
const otherSite = `location.protocol + "//" + (location.hostname === "127.0.0.1" ? "localhost" : "127.0.0.1") + ":" + location.port`;

export const recorderPages: Record<string, string> = {
  desk: `<title>Desk</title><style>body{margin:0}button,textarea{position:fixed;left:0;width:100vw;margin:0;border:0;border-radius:0}button{top:0;height:50vh}textarea{bottom:0;height:50vh;box-sizing:border-box}</style>
<button id="press">Press me</button><textarea aria-label="Words"></textarea>`,
  board: `<title>Board</title><style>ul{width:200px;min-height:60px;padding:8px;background:#eee}li{height:24px;list-style:none}</style>
<ul id="todo" aria-label="To do"><li draggable="true">Write</li><li draggable="true">Read</li></ul><ul id="done" aria-label="Done"></ul>${logScript}<script>
let carried;
addEventListener("dragstart", (event) => { carried = event.target; });
done.addEventListener("dragover", (event) => event.preventDefault());
done.addEventListener("drop", (event) => { event.preventDefault(); done.append(carried); log("done " + carried.textContent); });
addEventListener("click", () => log("click"));
</script>`,
  slider: `<title>Slider</title><style>#track{position:relative;width:300px;height:20px;background:#ccc}#thumb{position:absolute;width:20px;height:20px;background:#333}</style>
<div id="track"><div id="thumb" role="slider" aria-label="Volume" tabindex="0"></div></div>
<label>Speed <input id="speed" type="range" min="0" max="100" value="0" style="width:200px"></label>
<p>Words that somebody marks with the mouse.</p><button id="press">Press</button>${logScript}<script>
let from = null;
thumb.addEventListener("mousedown", (event) => { from = event.clientX - thumb.offsetLeft; });
document.addEventListener("mousemove", (event) => { if (from !== null) thumb.style.left = Math.max(0, Math.min(280, event.clientX - from)) + "px"; });
document.addEventListener("mouseup", () => { if (from !== null) log("volume " + thumb.offsetLeft); from = null; });
speed.addEventListener("change", () => log("speed " + speed.value));
press.addEventListener("click", () => log("pressed"));
</script>`,
  sortable: `<title>Sortable</title><style>ul{width:200px;padding:0;margin:0}li{height:30px;list-style:none;touch-action:none;user-select:none}</style>
<ul id="list" aria-label="Tasks"><li>One</li><li>Two</li><li>Three</li><li>Four</li></ul>${logScript}<script>
let carried = null;
list.addEventListener("pointerdown", (event) => { carried = event.target; list.setPointerCapture(event.pointerId); });
list.addEventListener("pointermove", (event) => {
  if (!carried) return;
  const over = [...list.children].find((one) => one !== carried && event.clientY < one.getBoundingClientRect().top + 15 && event.clientY > one.getBoundingClientRect().top);
  if (over) list.insertBefore(carried, over);
  else if (event.clientY > list.lastElementChild.getBoundingClientRect().top) list.append(carried);
});
list.addEventListener("pointerup", () => { if (carried) log([...list.children].map((one) => one.textContent).join(" ")); carried = null; });
</script>`,
  choices: `<title>Choices</title><label>Colours <select id="colours" multiple size="5"><option value="r">Red</option><option value="g">Green</option>
<option value="b">Blue</option><option value="y">Yellow</option></select></label><button id="send">Send</button>${logScript}<script>
send.onclick = () => log("sent " + [...colours.selectedOptions].map(({ value }) => value).join(","));
</script>`,
  letter: `<title>Letter</title><div id="plain" contenteditable="plaintext-only" aria-label="Subject" style="min-height:20px;border:1px solid"></div>
<div id="rich" contenteditable="true" role="textbox" aria-label="Letter" style="min-height:60px;border:1px solid"></div><button id="send">Send</button>${logScript}<script>
document.execCommand("defaultParagraphSeparator", false, new URL(location.href).searchParams.get("lines") ?? "div");
const lines = (element) => element.innerText.split("\\n").map((line) => line.trim()).filter(Boolean).join(" / ");
send.onclick = () => log("sent " + lines(plain) + " | " + lines(rich));
</script>`,
  "other-site": `<title>Other site</title><div id="place"></div>${logScript}<script>
const frame = document.createElement("iframe");
frame.src = ${otherSite} + "/deep-frame";
frame.style.cssText = "width:400px;height:200px";
place.append(frame);
addEventListener("message", ({ data }) => log(data));
</script>`,
  "deep-frame": `<title>Deep</title><h1>Deep</h1><div id="host"></div><script>
const root = host.attachShadow({ mode: "open" });
root.innerHTML = "<button id='inner'>In the shadow</button><iframe style='width:300px;height:80px'></iframe>";
root.querySelector("iframe").src = ${otherSite} + "/deepest-frame";
root.querySelector("button").onclick = () => top.postMessage("shadow in frame", "*");
</script>`,
  "deepest-frame": `<title>Deepest</title><label>Note <input id="note"></label><button>Deepest</button><script>
document.querySelector("button").onclick = () => top.postMessage("deepest " + note.value, "*");
</script>`,
  "shadow-frames": `<title>Shadow frames</title><iframe src="/deepest-frame" style="height:60px"></iframe><div id="host"></div>${logScript}<script>
const root = host.attachShadow({ mode: "open" });
root.innerHTML = "<iframe src='/deepest-frame' style='height:80px'></iframe>";
addEventListener("message", ({ data }) => log(data));
</script>`,
  "first-window": `<title>First</title><button onclick="open('/second-window','_blank','width=300,height=300')">Open second</button>${logScript}<script>
addEventListener("message", ({ data }) => log(data));
</script>`,
  "second-window": `<title>Second</title><button onclick="open('/third-window','_blank','width=300,height=300')">Open third</button>`,
  "third-window": `<title>Third</title><input aria-label="Word" id="word"><button onclick="opener.opener.postMessage('third ' + word.value, '*')">Tell</button>`,
};
