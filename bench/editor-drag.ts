// A step of a workflow with 500 blocks is dragged about the editor's canvas in Chromium. The floor is a bare React Flow with the same nodes
// in the same places, dragged in the same way in the same run. What counts is how many frames the page draws while the mouse moves.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { build } from "esbuild";

const BLOCKS = Number(process.env.BENCH_BLOCKS ?? 500);
const DRAG_MS = Number(process.env.BENCH_DRAG_MS ?? 3000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const GOAL_FRAMES = 60;

/** Half of the steps in blocks of different kinds, as people build them. */
function makeRecording() {
  const click = (n: number) => ({ type: "click", selectors: [`aria/Button ${n}`], offsetX: 1, offsetY: 1 });
  const steps: unknown[] = [];
  for (let n = 0; n < BLOCKS; n += 5) {
    const inside = [click(n + 1), click(n + 2)];
    const condition = { kind: "element", selectors: [`#c${n}`], state: "visible" };
    const blocks = [
      { name: "deskhand.if", parameters: { condition, steps: [inside[0]], else: [inside[1]] } },
      { name: "deskhand.loop", parameters: { over: { kind: "times", times: 3 }, steps: inside } },
      { name: "deskhand.retry", parameters: { attempts: 3, steps: inside } },
    ];
    steps.push({ type: "customStep", ...blocks[(n / 5) % blocks.length] }, click(n + 3), click(n + 4));
  }
  return { title: "Large", steps };
}

async function bundlePage(): Promise<{ script: string; style: string }> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, "editor/page.tsx")],
    bundle: true,
    write: false,
    outdir: "/bundle",
    format: "esm",
    jsx: "automatic",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    tsconfig: path.join(import.meta.dirname, "../tsconfig.json"),
  });
  const text = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}

async function measure(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  const node = page.locator(".react-flow__node:not(.react-flow__node-add)[data-id]").nth(3);
  const box = await node.boundingBox();
  if (!box) throw new Error("The canvas shows no step.");
  const [x, y] = [box.x + box.width / 2, box.y + 20];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 12);
  await page.evaluate(() => {
    const state = { frames: 0, began: performance.now() };
    Object.assign(window, { bench: state });
    const count = () => {
      state.frames++;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  const began = performance.now();
  for (let turn = 0; performance.now() - began < DRAG_MS; turn++) {
    await page.mouse.move(x + Math.sin(turn / 9) * 250, y + 150 + Math.cos(turn / 13) * 150);
  }
  if ((await page.locator(".react-flow__node.dragging").count()) === 0) throw new Error("Nothing was dragged.");
  const frames = await page.evaluate(() => {
    const { frames: drawn, began: since } = (window as unknown as { bench: { frames: number; began: number } }).bench;
    return (drawn * 1000) / (performance.now() - since);
  });
  await page.mouse.up();
  await page.close();
  return frames;
}

const { script, style } = await bundlePage();
const recording = makeRecording();
const html = `<!doctype html><meta charset="utf-8"><style>${style} html, body, #root { height: 100%; margin: 0; }</style><div id="root"></div>
<script>globalThis.__zod_globalConfig={jitless:true};window.recording=${JSON.stringify(recording)}</script><script type="module" src="/page.js"></script>`;
const server = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html").end(isScript ? script : html);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const browser = await chromium.launch({
  executablePath: process.env.DESKHAND_BROWSER || "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await measure(browser, `${address}#bare`));
    ours.push(await measure(browser, `${address}#ours`));
  }
  const round = (value: number) => Math.round(value * 10) / 10;
  const [framesPerSecond, bareFramesPerSecond] = [round(median(ours)), round(median(bare))];
  const ratio = Math.round((framesPerSecond / bareFramesPerSecond) * 100) / 100;
  console.log(
    JSON.stringify({ bench: "editor-drag", blocks: BLOCKS, framesPerSecond, bareFramesPerSecond, ratio, goalFrames: GOAL_FRAMES }),
  );
} finally {
  await browser.close();
  server.close();
}
