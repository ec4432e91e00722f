// Opening a profile, having it hibernate (its state saved, its page and context closed), waking it where it was, and closing it: p50 and p95,
// through the runner's own sessions and a warm worker with its browser, with 10, 100 and 1,000 profiles stored. Goal: flat, so the largest at
// most 1.25 of the smallest at p50. The floor is what bare Playwright takes for the same: a new context with that state, and the page.
// `--quick` takes 10 and 100 and fewer samples.
import path from "node:path";
import { parseArgs } from "node:util";
import { findBrowser } from "../desktop-runner/src/browser/find-browser.ts";
import { saveProfileState } from "../desktop-runner/src/browser/profile-store.ts";
import type { StorageState } from "../desktop-runner/src/browser/state-files.ts";
import { openSessionBed } from "../desktop-runner/src/testing/session-bed.ts";
import { launchBare } from "./floor.ts";
import { servePages } from "./profiles/pages.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" } } });
const STORED = values.quick ? [10, 100] : [10, 100, 1_000];
const SAMPLES = values.quick ? 15 : 60;
const GOAL_GROWTH = 1.25;

const percentile = (samples: number[], p: number) =>
  Math.round(samples.toSorted((a, b) => a - b)[Math.min(samples.length - 1, Math.floor((samples.length * p) / 100))] ?? 0);
const figures = (name: string, samples: number[]) => ({
  [`${name}P50Ms`]: percentile(samples, 50),
  [`${name}P95Ms`]: percentile(samples, 95),
});

const pages = await servePages();
const url = `${pages.url}/visited`;
const { sessions, folderOf, close } = await openSessionBed();
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const stateOf = (n: number): StorageState => ({
  cookies: Array.from({ length: 20 }, (_, index) => ({
    name: `c${index}`,
    value: `${n}-${index}`,
    domain: "127.0.0.1",
    path: "/",
    expires: Math.floor(Date.now() / 1000) + 86_400,
    httpOnly: false,
    secure: false,
    sameSite: "Lax",
  })),
  origins: [{ origin: pages.url, localStorage: Array.from({ length: 20 }, (_, index) => ({ name: `k${index}`, value: "x".repeat(100) })) }],
});

type Step = "open" | "hibernate" | "wake" | "close";
const steps: Step[] = ["open", "hibernate", "wake", "close"];
const p50: Record<Step, number[]> = { open: [], hibernate: [], wake: [], close: [] };
let stored = 0;
for (const count of STORED) {
  for (; stored < count; stored++) await saveProfileState(folderOf(idOf(stored)), stateOf(stored));
  const times: Record<Step | "bare", number[]> = { open: [], hibernate: [], wake: [], close: [], bare: [] };
  const browser = await launchBare(findBrowser()?.path ?? "");
  const lap = async (into: number[], work: () => Promise<unknown>) => {
    const since = performance.now();
    const failed = await work();
    if (failed !== undefined) throw new Error(`${failed}`);
    into.push(performance.now() - since);
  };
  // the first is not counted: the worker and its browser start with it
  for (let sample = stored === STORED[0] ? -1 : 0; sample < SAMPLES; sample++) {
    const profileId = idOf(Math.floor(Math.random() * count));
    await lap(times.open, () => sessions.open({ profileId, window: false, url }));
    await lap(times.hibernate, () => sessions.hibernate(profileId));
    await lap(times.wake, () => sessions.open({ profileId, window: false }));
    await lap(times.close, () => sessions.close(profileId));
    await lap(times.bare, async () => {
      const bare = await browser.newContext({ storageState: path.join(folderOf(profileId), "state.json") });
      await (await bare.newPage()).goto(url, { waitUntil: "domcontentloaded" });
    });
    for (const bare of browser.contexts()) await bare.close();
    if (sample < 0) for (const laps of Object.values(times)) laps.length = 0;
  }
  await browser.close();
  for (const step of steps) p50[step].push(percentile(times[step], 50));
  const told = Object.assign({}, ...[...steps, "bare" as const].map((name) => figures(name, times[name])));
  const wakeOfBare = Number((percentile(times.wake, 50) / percentile(times.bare, 50)).toFixed(2));
  console.log(JSON.stringify({ bench: "profile-open", stored: count, samples: SAMPLES, ...told, wakeOfBare }));
}
const growth = (values: number[]) => Number(((values.at(-1) ?? 0) / (values[0] || 1)).toFixed(2));
console.log(
  JSON.stringify({
    bench: "profile-open",
    from: STORED[0],
    to: STORED.at(-1),
    openGrowth: growth(p50.open),
    hibernateGrowth: growth(p50.hibernate),
    wakeGrowth: growth(p50.wake),
    closeGrowth: growth(p50.close),
    goal: GOAL_GROWTH,
  }),
);
await close();
pages.close();
process.exit(0);
