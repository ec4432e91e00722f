// What people see who watch a run: pictures a second of a page in motion, and the delay from a change on the page to the first picture of it,
// for 1, 4 and 16 viewers at 1280x720, through runner, server and socket. The floor is the browser's own screencast of the same page in
// bare Playwright, taken by this process in the same run. A live view is held to 30 pictures a second.

import { setTimeout as delay } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import { allowTestSites } from "../e2e/deskhand.ts";
import { makeProductFolder } from "../e2e/start-product.ts";
import { findBrowser } from "../scripts/start/browser.ts";
import { launchBare } from "./floor.ts";
import { signInByForm, startMotionSite } from "./live/motion-site.ts";
import { call, startProduct } from "./product.ts";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const CHANGES = 12;

/** When pictures came and how large they were; those of the busy page are several times as large. */
type Seen = { at: number; bytes: number }[];

const folder = await makeProductFolder();
const executablePath = await findBrowser(process.env.DESKHAND_BROWSER, folder.dir);
if (!executablePath) throw new Error("there is no browser to measure with");
const site = await startMotionSite();
const product = await startProduct(folder.dir, { DESKHAND_BROWSER: executablePath });
const browser = await launchBare(executablePath);
await allowTestSites(product.home);
const cookie = await signInByForm(product.url, product.firstRun);

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Frames a second, and the middle delay in milliseconds, of what is seen of the page that is called `who`. */
async function measure(who: string, all: Seen[]): Promise<{ framesPerSecond: number; delayMs: number }> {
  site.say(who, "go");
  await delay(1000);
  const before = all.map((seen) => seen.length);
  await delay(SECONDS * 1000);
  const rates = all.map((seen, index) => (seen.length - (before[index] ?? 0)) / SECONDS);
  site.say(who, "stop");
  const delays: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    await delay(400);
    const was = all.map((seen) => seen.at(-1)?.bytes ?? 0);
    const marks = all.map((seen) => seen.length);
    const at = performance.now();
    site.say(who, "change");
    const came = await Promise.all(all.map((seen, index) => firstOther(seen, marks[index] ?? 0, was[index] ?? 0)));
    delays.push(...came.map((time) => time - at));
  }
  return { framesPerSecond: Number(middle(rates).toFixed(1)), delayMs: Math.round(middle(delays)) };
}

/** When the first picture came that is of the other kind. */
async function firstOther(seen: Seen, from: number, was: number): Promise<number> {
  for (const end = performance.now() + 10_000; performance.now() < end; await delay(1)) {
    const found = seen.slice(from).find(({ bytes }) => Math.max(bytes, was) > 2 * Math.min(bytes, was));
    if (found) return found.at;
  }
  throw new Error("a change was never seen");
}

async function bare(): Promise<{ framesPerSecond: number; delayMs: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(`${site.url}/?who=bare`);
  const session = await context.newCDPSession(page);
  const seen: Seen = [];
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    seen.push({ at: performance.now(), bytes: data.length });
    void session.send("Page.screencastFrameAck", { sessionId });
  });
  await session.send("Page.startScreencast", { format: "jpeg", quality: 50, maxWidth: 1280, maxHeight: 1280 });
  const result = await measure("bare", [seen]);
  await context.close();
  return result;
}

function watch(runId: string): Promise<{ seen: Seen; socket: Socket }> {
  const seen: Seen = [];
  const socket = io(`${product.url}/dashboard`, {
    transports: ["websocket"],
    extraHeaders: { cookie, origin: product.url },
    forceNew: true,
  });
  socket.on("frame", ({ data }: { data: Buffer }) => seen.push({ at: performance.now(), bytes: data.length }));
  return new Promise((resolve, reject) => {
    socket.on("connect_error", reject);
    socket.on("connect", () => {
      socket.emit("watch-run", { v: 1, runId, on: true }, (answer: { ok: boolean; code?: string }) =>
        answer.ok ? resolve({ seen, socket }) : reject(new Error(`the run cannot be watched: ${answer.code}`)),
      );
    });
  });
}

try {
  const wait = { type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms: 280_000 } };
  const steps = [
    { type: "setViewport", width: 1280, height: 720, deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: true },
  ];
  const recording = { title: "Motion", steps: [...steps, { type: "navigate", url: `${site.url}/?who=ours` }, wait] };
  const { id: workflowId } = await call<{ id: string }>(product, "POST", "/workflows", { recording: JSON.stringify(recording) });
  const { runnerId, profileId } = product.firstRun;
  const asked = { workflowId, runnerId, profileIds: [profileId] };
  const { runIds } = await call<{ runIds: string[] }>(product, "POST", "/deployments", asked);
  await site.isOpen("ours");
  for (const viewers of [1, 4, 16]) {
    const floor = await bare();
    const watched = await Promise.all(Array.from({ length: viewers }, () => watch(runIds[0] as string)));
    const ours = await measure(
      "ours",
      watched.map(({ seen }) => seen),
    );
    for (const { socket } of watched) socket.disconnect();
    const again = await bare();
    const bareDelayMs = Math.round((floor.delayMs + again.delayMs) / 2);
    console.log(
      JSON.stringify({
        bench: "live-view",
        viewers,
        ...ours,
        bareFramesPerSecond: Number(((floor.framesPerSecond + again.framesPerSecond) / 2).toFixed(1)),
        bareDelayMs,
        overBareMs: ours.delayMs - bareDelayMs,
      }),
    );
  }
  await call(product, "POST", `/runs/${runIds[0]}/cancel`, {});
} finally {
  await browser.close();
  await product.stop();
  await site.close();
  await folder.remove();
}
