import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { commandLineOf, descendantsOf, isRunning, type TestFolder, testFolder } from "../testing/worker.ts";
import { type BrowserPool, type BrowserPoolOptions, createBrowserPool } from "./browser-pool.ts";
import { BrowserShard, type PreparedContext } from "./browser-shard.ts";
import { type ContextShape, defaultShape } from "./context-shape.ts";
import { findBrowser } from "./find-browser.ts";

let folder: TestFolder;
let pool: BrowserPool | undefined;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await pool?.close();
  await folder.remove();
});

async function openPool(options: Partial<BrowserPoolOptions> = {}): Promise<BrowserPool> {
  const downloadsPath = path.join(folder.path, "downloads");
  await mkdir(downloadsPath);
  const executablePath = findBrowser()?.path ?? "";
  pool = createBrowserPool({ executablePath, tracesDir: path.join(folder.path, "traces"), downloadsPath, spares: 0, ...options });
  return pool;
}

const isOpen = ({ context }: PreparedContext) => context.browser()?.isConnected() === true;
/** Browsers, without the processes that they start and the script that may have started them. */
const browsers = () =>
  descendantsOf(process.pid).filter((pid) => /^(?!\/bin\/sh)\S*chrom.* --remote-debugging-pipe/.test(commandLineOf(pid)));
const networks = () => descendantsOf(process.pid).filter((pid) => commandLineOf(pid).includes("network.mojom.NetworkService"));

it("shares contexts out over browsers, so that one that is killed ends only what is in it, and another takes its place", async () => {
  const { take } = await openPool({ contextsPerBrowser: 2, maxBrowsers: 3 });
  const taken: PreparedContext[] = [];
  for (let i = 0; i < 8; i++) taken.push(await take(defaultShape));
  const of = (prepared: PreparedContext) => prepared.context.browser();
  const counts = [...new Set(taken.map(of))].map((browser) => taken.filter((prepared) => of(prepared) === browser).length);
  expect(counts.sort()).toEqual([2, 3, 3]);

  const [victim] = browsers();
  process.kill(victim ?? 0, "SIGKILL");
  await vi.waitUntil(() => taken.filter(isOpen).length < 8);
  const alive = taken.filter(isOpen);
  expect(alive.length).toBeGreaterThanOrEqual(5);
  for (const { page } of alive) expect(await page.evaluate("1 + 1")).toBe(2);
  expect(new Set([...alive, await take(defaultShape)].map(of)).size).toBe(3);
});

it("hands out no context of a browser whose network process has died, and lets the browser go when its last context closes", async () => {
  const { take, version } = await openPool({ spares: 2, maxBrowsers: 1 });
  await version();
  const before = await take(defaultShape);
  const [browser] = browsers();
  process.kill(networks()[0] ?? 0, "SIGKILL");
  await vi.waitUntil(() => before.isCutOff());
  const after = await take(defaultShape);
  expect(await after.isCutOff()).toBe(false);
  expect(after.context.browser()).not.toBe(before.context.browser());
  await before.context.close();
  await vi.waitUntil(() => !isRunning(browser ?? 0));
});

it("opens ahead what is expected next", async () => {
  const { take, expect: foresee } = await openPool({ spares: 2 });
  const wide = { ...defaultShape, width: 1900 };
  const narrow = { ...defaultShape, width: 400 };
  const first = await take(defaultShape);
  foresee([wide, narrow]);
  const contexts = () => first.context.browser()?.contexts() ?? [];
  const widths = () => contexts().flatMap((context) => context.pages().map((page) => page.viewportSize()?.width));
  await vi.waitUntil(() => widths().includes(1900) && widths().includes(400));
  const ahead = new Set(contexts());
  expect(ahead.has((await take(wide)).context)).toBe(true);
  expect(ahead.has((await take(narrow)).context)).toBe(true);
});

it("keeps what it opened ahead for a run that begins, while the next are expected already, and opens each context once", async () => {
  const opened = vi.spyOn(BrowserShard.prototype, "prepare");
  const { take, expect: foresee } = await openPool({ spares: 2 });
  const shapes = [400, 500, 600, 700].map((width) => ({ ...defaultShape, width }));
  const [a, b, c, d] = shapes as [ContextShape, ContextShape, ContextShape, ContextShape];
  foresee([a, b]);
  foresee([c, d]);
  await Promise.all([take(a), take(b)]);
  foresee([d]);
  await take(c);
  expect(opened.mock.calls.map(([{ width }]) => width)).toEqual([400, 500, 600, 700]);
  expect(pool?.count).toBe(4);
});

it("lets go what it opened ahead for a run that never begins, when many others have been expected", async () => {
  const { take, expect: foresee } = await openPool({ spares: 1 });
  for (let width = 400; width < 410; width++) foresee([{ ...defaultShape, width }]);
  await take({ ...defaultShape, width: 409 });
  await vi.waitFor(() => expect(pool?.count).toBeLessThanOrEqual(4));
});
