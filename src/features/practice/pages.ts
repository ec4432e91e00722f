import { type Html, html } from "./html.ts";

/** The practice site's only account; public on purpose. */
export const practiceAccount = { email: "demo@practice.example", password: "correct-horse" };

export const ordersPerPage = 8;
const goods = ["Desk lamp", "Notebook", "Fountain pen", "Ink bottle", "Paper tray", "Ruler", "Stapler"];
/** 37 orders, the same on every machine. */
export const orders = Array.from({ length: 37 }, (_, i) => ({
  number: `PR-${1001 + i}`,
  item: goods[(i * 5) % goods.length] as string,
  quantity: 1 + ((i * 7) % 9),
  total: `${(4 + ((i * 37) % 90)).toFixed(2)} €`,
}));

export function layout(title: string, body: Html, options: { bare?: boolean } = {}): Html {
  const nav = html`<header><strong>Practice site</strong><a href="/practice">Start</a><a href="/practice/sign-in">Sign in</a><a href="/practice/orders">Orders</a><a href="/practice/controls">Controls</a><a href="/practice/frames">Frames</a><a href="/practice/slow">Slow</a></header>`;
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Practice site</title><link rel="stylesheet" href="/practice/style.css"><link rel="icon" href="data:,"></head><body>${options.bare ? html`` : nav}<main>${body}</main><script src="/practice/script.js" defer></script></body></html>`;
}

export const start = () =>
  layout(
    "Start",
    html`<h1>A site to practise on</h1><p>Nothing here is real: record a workflow, run it, break it. These pages are served by your own Deskhand, so they work without the internet.</p>
<ul><li><a href="/practice/sign-in">Sign in</a> with ${practiceAccount.email} and the password ${practiceAccount.password}</li><li><a href="/practice/orders">A table over several pages</a></li><li><a href="/practice/controls">Controls, dialogs, a pop-up and a download</a></li><li><a href="/practice/frames">Frames and a shadow root</a></li><li><a href="/practice/slow">A slow page</a></li></ul>`,
  );

export const signIn = (failed: boolean) =>
  layout(
    "Sign in",
    html`<h1>Sign in</h1><p>The account is ${practiceAccount.email}, the password ${practiceAccount.password}.</p>
<form method="post" action="/practice/sign-in">${failed ? html`<p class="error" role="alert">That is not the e-mail and password of the practice account.</p>` : html``}
<label>E-mail<input name="email" type="email" autocomplete="username" required data-testid="email"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required data-testid="password"></label>
<label class="check"><input name="remember" type="checkbox"> Remember me</label>
<button type="submit">Sign in</button></form>`,
  );

export const account = (email: string) =>
  layout(
    "Account",
    html`<h1>Welcome back</h1><div class="card"><p>Signed in as <strong data-testid="who">${email}</strong></p><p>Visits of this browser profile: <strong id="visits">1</strong></p></div><form method="post" action="/practice/sign-out"><button type="submit">Sign out</button></form>`,
  );

export function ordersPage(page: number): Html {
  const pages = Math.ceil(orders.length / ordersPerPage);
  const rows = orders.slice((page - 1) * ordersPerPage, page * ordersPerPage);
  return layout(
    "Orders",
    html`<h1>Orders</h1><table id="orders"><thead><tr><th>Number</th><th>Item</th><th>Quantity</th><th>Total</th></tr></thead><tbody>${rows.map((o) => html`<tr><td>${o.number}</td><td>${o.item}</td><td>${o.quantity}</td><td>${o.total}</td></tr>`)}</tbody></table>
<nav class="pages" aria-label="Pages">${page > 1 ? html`<a href="/practice/orders?page=${page - 1}" rel="prev">Previous</a>` : html``}<span>Page ${page} of ${pages}</span>${page < pages ? html`<a href="/practice/orders?page=${page + 1}" rel="next">Next</a>` : html``}</nav>`,
  );
}

export const controls = () =>
  layout(
    "Controls",
    html`<h1>Controls</h1><p id="output" role="status">Nothing happened yet</p>
<div class="card"><label>Colour<select id="colour"><option value="red">Red</option><option value="green">Green</option><option value="blue">Blue</option></select></label><label>Note<textarea rows="2"></textarea></label><button data-action="count">Press me</button><button id="twice">Double-click me</button><div class="menu" tabindex="0">Menu<ul><li><a href="/practice">Back to the start</a></li></ul></div></div>
<div class="card"><button data-action="alert">Show an alert</button><button data-action="confirm">Ask to confirm</button><button data-action="pop-up">Open a pop-up</button><a class="button" href="/practice/download" download>Download the orders</a></div>`,
  );

export const frames = () =>
  layout(
    "Frames",
    html`<h1>Frames and a shadow root</h1><p id="output" role="status">Nothing happened yet</p><div class="card"><practice-card label="Shadow button" nested></practice-card></div><iframe title="Outer frame" src="/practice/frame-outer"></iframe>`,
  );

export const frameOuter = () =>
  layout("Outer frame", html`<p>The outer frame</p><iframe title="Inner frame" src="/practice/frame-inner"></iframe>`, { bare: true });

export const frameInner = () => layout("Inner frame", html`<button id="framed">Button in the inner frame</button>`, { bare: true });

export const slow = (ms: number) =>
  layout(
    "Slow",
    html`<h1>A slow page</h1><p>The server took ${ms} ms to answer. Something more comes a second later.</p><div id="late" data-after="1000" hidden><button>I am late</button></div>`,
  );

export const popUp = () => layout("Pop-up", html`<h1>A pop-up</h1><button data-action="count">Press me too</button>`, { bare: true });

export const missing = () => layout("Not found", html`<h1>There is no such page</h1><p><a href="/practice">Back to the start</a></p>`);
