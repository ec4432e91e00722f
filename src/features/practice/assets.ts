/** Style and script of the practice site: files of their own, so that its pages need no inline exception in their policy. */
export const practiceStyle = `
:root { color-scheme: light dark; --line: light-dark(#dfe3e8, #34383f); --soft: light-dark(#f6f7f9, #1b1e23); --accent: light-dark(#1864ab, #74c0fc); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #131518); color: light-dark(#1a1d21, #e6e8eb); }
header { border-bottom: 1px solid var(--line); padding: 12px 24px; display: flex; gap: 20px; flex-wrap: wrap; align-items: center; }
header strong { margin-right: auto; }
main { max-width: 720px; margin: 0 auto; padding: 32px 24px; }
a { color: var(--accent); }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 12px; }
form, .card { display: grid; gap: 14px; border: 1px solid var(--line); background: var(--soft); border-radius: 10px; padding: 20px; margin: 20px 0; }
label { display: grid; gap: 4px; font-weight: 600; }
label.check { display: flex; gap: 8px; align-items: center; font-weight: 400; }
input:not([type=checkbox]), select, textarea { font: inherit; padding: 8px 10px; border: 1px solid var(--line); border-radius: 8px; background: light-dark(#fff, #131518); color: inherit; }
button, .button { font: inherit; font-weight: 600; padding: 9px 16px; border: 0; border-radius: 8px; background: var(--accent); color: light-dark(#fff, #10161c); cursor: pointer; justify-self: start; text-decoration: none; }
table { border-collapse: collapse; width: 100%; margin: 16px 0; }
th, td { text-align: left; padding: 8px 10px; border-bottom: 1px solid var(--line); }
td:last-child, th:last-child { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
nav.pages { display: flex; gap: 16px; align-items: center; }
iframe { width: 100%; height: 180px; border: 1px solid var(--line); border-radius: 10px; }
.error { color: light-dark(#c92a2a, #ff8787); font-weight: 600; }
.menu ul { display: none; margin: 8px 0 0; }
.menu:hover ul, .menu:focus-within ul { display: block; }
[hidden] { display: none; }
`;

export const practiceScript = `
const $ = (id) => document.getElementById(id);
const say = (text) => { const out = $("output"); if (out) out.textContent = text; };

const visits = $("visits");
if (visits) {
  const n = Number(localStorage.getItem("practice-visits") ?? 0) + 1;
  localStorage.setItem("practice-visits", String(n));
  visits.textContent = String(n);
}

const late = $("late");
if (late) setTimeout(() => { late.hidden = false; }, Number(late.dataset.after ?? 1000));

customElements.define("practice-card", class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "open" });
    const button = document.createElement("button");
    button.textContent = this.getAttribute("label") ?? "Press";
    button.dataset.testid = "shadow-button";
    button.addEventListener("click", () => say("Pressed in the shadow root"));
    root.append(button);
    if (this.hasAttribute("nested")) {
      const inner = document.createElement("practice-card");
      inner.setAttribute("label", "Inner button");
      root.append(inner);
    }
  }
});

document.addEventListener("click", (event) => {
  const action = event.target instanceof HTMLElement ? event.target.dataset.action : undefined;
  if (action === "alert") { alert("A message from the practice site"); say("The alert was closed"); }
  if (action === "confirm") say(confirm("Go on?") ? "Confirmed" : "Not confirmed");
  if (action === "pop-up") window.open("/practice/pop-up", "_blank", "width=480,height=320");
  if (action === "count") event.target.textContent = "Pressed " + (event.target.dataset.n = String(Number(event.target.dataset.n ?? 0) + 1)) + " times";
});
document.addEventListener("dblclick", (event) => {
  if (event.target instanceof HTMLElement && event.target.id === "twice") say("Double click seen");
});
const colour = $("colour");
colour?.addEventListener("change", () => say("Chosen: " + colour.value));
const framed = $("framed");
framed?.addEventListener("click", () => { framed.textContent = "Pressed in the frame"; });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") say("Escape was pressed"); });
`;
