// Scrolling through the dashboard's table of 10,000 profiles in Chromium, 120 pixels in each frame: frames a second and the time of a frame.
// The floor is the same virtualizer with the same texts and nothing else, in the same browser, in turns. Goal: at least 0.8 of its frames.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { findBrowser } from "../desktop-runner/src/browser/find-browser.ts";
import { launchBare } from "./floor.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" } } });
const ROUNDS = values.quick ? 2 : 5;
const SECONDS = 3;
const STEP = 120;
const GOAL = 0.8;

const root = path.resolve(import.meta.dirname, "..");
const folder = await mkdtemp(path.join(os.tmpdir(), "deskhand-bench-scroll-"));
await build({
  absWorkingDir: root,
  entryPoints: { page: path.join(import.meta.dirname, "scroll/page.tsx") },
  outdir: folder,
  bundle: true,
  minify: true,
  format: "iife",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  alias: { "@deskhand/shared": path.join(root, "packages/shared/src"), "@": path.join(root, "src") },
  logLevel: "error",
});
await writeFile(
  path.join(folder, "index.html"),
  '<!doctype html><html lang="en" data-mantine-color-scheme="light"><link rel="stylesheet" href="page.css"><div id="root" style="padding:16px"></div><script src="page.js"></script>',
);

/** The length of each frame while it scrolls, milliseconds. */
async function scroll(browser: Browser, hash: string): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`file://${folder}/index.html${hash}`);
  await page.getByText("Shop account 3", { exact: true }).waitFor();
  const frames = await page.evaluate(
    ({ step, ms }) =>
      new Promise<number[]>((done) => {
        const lengths: number[] = [];
        const start = performance.now();
        let before = start;
        const next = (now: number) => {
          lengths.push(now - before);
          before = now;
          if (now - start > ms) return done(lengths.slice(1));
          window.scrollBy(0, step);
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    { step: STEP, ms: SECONDS * 1000 },
  );
  await page.close();
  return frames;
}

const browser = await launchBare(findBrowser()?.path ?? "");
const lengths = { ours: [] as number[], bare: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  lengths.bare.push(...(await scroll(browser, "#bare")));
  lengths.ours.push(...(await scroll(browser, "")));
}
await browser.close();
await rm(folder, { recursive: true, force: true });
const sum = (frames: number[]) => frames.reduce((total, each) => total + each, 0);
const perSecond = (frames: number[]) => Math.round((10_000 * frames.length) / sum(frames)) / 10;
const p95 = (frames: number[]) => Math.round(frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.95)] ?? 0);
const [ours, bare] = [perSecond(lengths.ours), perSecond(lengths.bare)];
console.log(
  JSON.stringify({
    bench: "profiles-scroll",
    rows: 10_000,
    framesPerSecond: ours,
    bareFramesPerSecond: bare,
    frameP95Ms: p95(lengths.ours),
    bareFrameP95Ms: p95(lengths.bare),
    ratio: Math.round((100 * ours) / bare) / 100,
    goal: GOAL,
  }),
);
