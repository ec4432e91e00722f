import { readFile } from "node:fs/promises";
import path from "node:path";
import type { RecordAct } from "@deskhand/shared/protocol/recorded";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { startTestScreen, type TestScreen } from "../testing/screen.ts";
import { type ScreenHands, takeScreen } from "../testing/screen-hands.ts";
import { orderRun, startTestWorker, type TestFolder, type TestWorker, testFolder } from "../testing/worker.ts";

let site: FixtureSite;
let screen: TestScreen;
let hands: ScreenHands;
let folder: TestFolder;
let worker: TestWorker;
beforeAll(async () => {
  [site, screen] = await Promise.all([startFixtureSite(), startTestScreen()]);
  vi.stubEnv("DISPLAY", screen.display);
  hands = await takeScreen(screen.display);
  worker = startTestWorker();
});
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());
afterAll(async () => {
  await worker.stop();
  hands.close();
  screen.close();
  vi.unstubAllEnvs();
  await site.close();
});

/** Somebody who tries again looks first whether it was of use. */
const unhurried = { interval: 3_000 };

/** What the dashboard would be told now. */
const latest = (runId: string) => {
  const message = worker.messages.findLast((one) => one.type === "recorded" && one.runId === runId);
  return message?.type === "recorded" ? message.facts : undefined;
};
const steps = (runId: string) => (latest(runId)?.steps ?? []).map(({ step }) => step);
const said = (runId: string) => steps(runId).map(({ type, value, url }) => [type, value ?? url].filter(Boolean).join(" "));
const say = (runId: string, act: RecordAct) => worker.send({ type: "hold-input", runId, number: 1, acts: [{ t: "record", act }] });

it("records what a person does in a window on the runner's screen, with its address bar and buttons, also when they close it", async () => {
  const desk = `${site.origin}/desk`;
  const opening = [{ type: "navigate", url: desk }];
  const { runId, artifactsDir, finished } = orderRun(worker, { folder: folder.path, steps: opening, record: true, window: true });
  expect(await worker.untilEvent(runId, "waiting")).toMatchObject({ reason: "record" });
  // nobody has said where the page is in the window, nor that it is painted: the press is done until it is seen
  await vi.waitFor(async () => {
    await hands.click(400, 300);
    expect(said(runId)[0]).toMatch(/click/i);
  }, unhurried);
  await hands.click(400, 700);
  await hands.type("Hi there");
  await vi.waitFor(() => expect(said(runId)).toContain("change Hi there"));
  // pressed rather than called by a key: a page is asked first what it does at keys, and what is written meanwhile goes to the page
  await hands.click(500, 65);
  await hands.type(`${site.origin}/two\n`);
  await vi.waitFor(() => expect(said(runId).at(-1)).toBe(`navigate ${site.origin}/two`));
  await vi.waitFor(async () => {
    await hands.altLeft();
    expect(said(runId).at(-1)).toBe(`navigate ${desk}`);
  }, unhurried);
  // with its window goes the last of it, and what was recorded stays
  await vi.waitFor(async () => {
    await hands.control("w");
    expect(latest(runId)).toMatchObject({ isClosed: true });
  }, unhurried);
  const before = said(runId);
  worker.send({ type: "hold", runId, on: true });
  say(runId, { do: "finish" });
  worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded" });
  const document = JSON.parse(await readFile(path.join(artifactsDir, "recording.json"), "utf8"));
  expect(document.steps).toHaveLength(1 + before.length);
});

it("leaves a page's questions to the person in the window, whose answers become settings of the steps", async () => {
  const opening = [{ type: "navigate", url: `${site.origin}/questions` }];
  const { runId, finished } = orderRun(worker, { folder: folder.path, steps: opening, record: true, window: true });
  expect(await worker.untilEvent(runId, "waiting")).toMatchObject({ reason: "record" });
  const clicks = () => steps(runId).flatMap(({ type, deskhand }) => (type === "click" ? [{ type, ...(deskhand as object) }] : []));
  await vi.waitFor(async () => {
    await hands.click(400, 300);
    expect(said(runId)[0]).toMatch(/click/i);
  }, unhurried);
  /** The window may not show the question yet; what is pressed once more after the answer would be done on the page. */
  const answers = (press: () => Promise<void>, setting: object) =>
    vi.waitFor(async () => {
      await press();
      await vi.waitFor(() => expect(clicks().at(-1)).toEqual({ type: "click", ...setting }), { timeout: 3_000 });
    });
  await answers(() => hands.escape(), { dialog: "dismiss" });
  await hands.click(400, 700);
  await vi.waitFor(() => expect(clicks()).toHaveLength(2));
  await answers(() => hands.type("Bob\n"), { dialog: "accept", dialogText: "Bob" });
  const logged = () => worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
  expect(logged()).toContain("The page opened a dialog (confirm); it was dismissed by the person who has the page.");
  // what is asked when it is over is nobody's to answer
  await hands.click(400, 300);
  await vi.waitFor(() => expect(clicks()).toHaveLength(3));
  worker.send({ type: "hold", runId, on: true });
  say(runId, { do: "finish" });
  worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded" });
});
