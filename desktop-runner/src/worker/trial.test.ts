import type { TrialAct } from "@deskhand/shared/protocol/trial";
import { expect, it } from "vitest";
import { handsOn, press } from "../testing/hands.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import type { TrialFacts } from "../trial/create-trial.ts";
import type { WorkerMessage } from "./messages.ts";

const bed = openWorkerBed();
const { act, news } = handsOn(bed);

/** A run in which somebody tries a draft, with them at its page. */
async function trialRun(
  request: { extra?: Record<string, unknown>; inputs?: Record<string, string>; keys?: Record<string, unknown> } = {},
) {
  const { extra, inputs, keys } = request;
  const own = [{ type: "navigate", url: `${bed.site.origin}/two` }];
  const ordered = orderRun(bed.worker, {
    folder: bed.folder.path,
    steps: own,
    trial: true,
    ...(extra && { extra }),
    ...(inputs && { inputs }),
  });
  const { runId, finished } = ordered;
  expect(await bed.worker.untilEvent(runId, "waiting")).toMatchObject({ reason: "trial" });
  bed.worker.send({ type: "hold", runId, on: true });
  let revision = 0;
  const say = (said: TrialAct) => act(runId, { t: "trial", act: said });
  /** How it stands, once it fits; what was told before is past. */
  let seen = -1;
  const told = async (fits: (facts: TrialFacts) => boolean): Promise<TrialFacts> => {
    const message = await bed.worker.until(
      (one): one is Extract<WorkerMessage, { type: "trial" }> =>
        one.type === "trial" && one.runId === runId && one.facts.revision > seen && fits(one.facts),
    );
    seen = message.facts.revision;
    return message.facts;
  };
  return {
    ...{ runId, finished, say, told },
    load: (steps: unknown[]) => {
      const document = JSON.stringify({ title: "Draft", timeout: 1000, ...keys, steps });
      return say({ do: "load", revision: ++revision, document, next: 0 });
    },
    run: (from: number | null, to: "next" | "end" | number) => say({ do: "run", from, to }),
    /** It stands before that step; null: it is through. */
    stands: (next: number | null) => told((facts) => !facts.isRunning && facts.next === next),
    end: async () => {
      await say({ do: "finish" });
      bed.worker.send({ type: "hold", runId, on: false });
      return finished;
    },
  };
}

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const read = (selector: string, key: string) => ({
  type: "customStep",
  name: "deskhand.extract",
  parameters: { kind: "text", key, selectors: [selector], into: key },
});
const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const set = (variable: string, value: string) => custom("set", { variable, value });

it("carries a draft out a step at a time, up to a step and from a step on, and tells what each step set", async () => {
  const trial = await trialRun({ keys: { variables: { words: { type: "string" }, twice: { type: "string" } } } });
  await trial.load([open("items"), read("li", "words"), set("twice", "{{words}}{{words}}"), open("two"), read("h1", "words")]);
  await trial.run(null, "next");
  const first = await trial.stands(1);
  expect(first.steps).toMatchObject([{ index: 0, state: "succeeded", turns: 1, values: [] }]);
  await trial.run(null, 3);
  const third = await trial.stands(3);
  expect(third.steps.slice(1)).toMatchObject([
    { index: 1, state: "succeeded", values: [{ name: "words", text: "One" }] },
    { index: 2, state: "succeeded", values: [{ name: "twice", text: "OneOne" }] },
  ]);
  // the page is still the one of the first step, and the values are still there
  await trial.run(2, "next");
  await trial.stands(3);
  await trial.run(3, "end");
  const last = await trial.stands(null);
  expect(last.steps.map(({ index, state }) => [index, state])).toEqual([0, 1, 2, 3, 4].map((index) => [index, "succeeded"]));
  expect(last.steps[4]).toMatchObject({ values: [{ name: "words", text: "Two" }] });
  expect(await trial.end()).toMatchObject({ status: "succeeded" });
  // none of the version's own steps was carried out
  expect(bed.worker.events(trial.runId).filter(({ kind }) => kind === "step-started")).toEqual([]);
});

it("stands at a step that failed until it was changed, also in the middle of a loop, whose turn stays as it is", async () => {
  const trial = await trialRun({ keys: { variables: { words: { type: "string" } } } });
  const loop = (selector: string) =>
    custom("loop", {
      over: { kind: "data", rows: [{ at: "1" }, { at: "2" }] },
      as: "row",
      steps: [set("words", "{{row.at}}"), read(selector, "words")],
    });
  await trial.load([open("items"), loop("#none")]);
  await trial.run(null, 3);
  await trial.stands(3);
  await trial.run(null, "next");
  await trial.stands(3);
  // whatever it was to do, it stands where it failed
  await trial.run(null, "end");
  const failed = await trial.stands(3);
  expect(failed.steps[3]).toMatchObject({ state: "failed", turns: 2 });
  expect(failed.steps[3]?.message).toContain("#none");
  await trial.load([open("items"), loop("li")]);
  await trial.run(null, "next");
  const again = await trial.stands(2);
  expect(again.steps[3]).toMatchObject({ state: "succeeded", turns: 3, values: [{ name: "words", text: "One" }] });
  await trial.run(null, 3);
  const second = await trial.stands(3);
  expect(second.steps[2]).toMatchObject({ turns: 2, values: expect.arrayContaining([{ name: "words", text: "2" }]) });
  await trial.run(null, "end");
  await trial.stands(null);
  await trial.end();
});

it("begins inside of a block, and stops within a step", async () => {
  const trial = await trialRun({ keys: { variables: { words: { type: "string" } } } });
  const never = custom("wait", { for: "time", ms: 600_000 });
  const block = custom("loop", { over: { kind: "times", times: 5 }, as: "turn", steps: [open("two"), read("h1", "words")] });
  await trial.load([open("items"), block, never]);
  await trial.run(2, 4);
  const inside = await trial.stands(4);
  expect(inside.steps).toMatchObject([
    { index: 2, state: "succeeded" },
    { index: 3, values: [{ name: "words", text: "Two" }] },
  ]);
  await trial.run(null, "next");
  await trial.told(({ isRunning, steps }) => isRunning && steps.some(({ index }) => index === 4));
  await trial.say({ do: "stop" });
  const stopped = await trial.stands(4);
  expect(stopped.steps.at(-1)).toMatchObject({ index: 4, state: "failed", message: "It was stopped." });
  await trial.end();
});

it("tells how many elements a selector leads to while it is typed, and where the one is that a step would take", async () => {
  const trial = await trialRun();
  await trial.load([open("frames"), open("items")]);
  await trial.run(null, "next");
  await trial.stands(1);
  await trial.say({ do: "probe", look: { selectors: ["aria/C"], frame: [1, 0] } });
  const inFrame = await trial.told(({ probe }) => probe?.counts[0] === 1);
  expect(inFrame.probe?.boxes[0]?.y).toBeGreaterThan(0);
  await trial.run(null, "next");
  await trial.stands(null);
  await trial.say({ do: "probe", look: { selectors: ["#none", "li", "li["] } });
  const found = await trial.told(({ probe }) => probe?.counts[1] === 2);
  expect(found.probe).toMatchObject({ counts: [0, 2, 0], chosen: 1 });
  // the one that a step acts on, then each of them
  expect(found.probe?.boxes).toHaveLength(3);
  expect(found.probe?.boxes[0]).toEqual(found.probe?.boxes[1]);
  await trial.say({ do: "probe", look: null });
  await trial.told(({ probe }) => probe === null);
  await trial.end();
});

it("says what is wrong with a draft, hides secrets, and waits at a human step for the person who is there", async () => {
  const inputs = { properties: { secret: { type: "string", writeOnly: true } }, required: ["secret"] };
  const request = { extra: { inputs }, inputs: { secret: "open-sesame" }, keys: { inputs, variables: { words: { type: "string" } } } };
  const trial = await trialRun(request);
  await trial.load([{ type: "nonsense" }]);
  expect((await trial.told(({ note }) => note !== null)).document).toBeNull();
  await trial.load([
    open("form"),
    { type: "change", selectors: ["#text"], value: "{{secret}}" },
    custom("human", { message: "Look", timeoutMs: 1000, onTimeout: "fail" }),
    set("words", "{{secret}}!"),
  ]);
  await trial.run(null, 3);
  await trial.told(({ isRunning, next, note }) => !isRunning && next === 2 && note !== null);
  await trial.run(null, 3);
  await trial.stands(3);
  await trial.run(null, "end");
  const { steps } = await trial.stands(null);
  expect(steps[3]?.values).toEqual([{ name: "words", text: "•••!" }]);
  await trial.end();
});

it("stands still when the person is gone, and is as it was when they come back", async () => {
  const trial = await trialRun({ keys: { variables: { words: { type: "string" } } } });
  await trial.load([open("items"), read("li", "words"), open("two")]);
  await trial.run(null, 2);
  await trial.stands(2);
  bed.worker.send({ type: "hold", runId: trial.runId, on: false });
  bed.worker.send({ type: "hold", runId: trial.runId, on: true });
  const { steps } = await trial.stands(2);
  expect(steps[1]).toMatchObject({ values: [{ name: "words", text: "One" }] });
  await trial.run(null, "end");
  await trial.stands(null);
  expect(await trial.end()).toMatchObject({ status: "succeeded" });
});

it("ends while it stands before a step", async () => {
  const trial = await trialRun();
  await trial.load([open("items"), open("two")]);
  await trial.run(null, "next");
  await trial.stands(1);
  await trial.say({ do: "probe", look: { selectors: ["li"] } });
  await trial.told(({ probe }) => probe !== null);
  expect(await trial.end()).toMatchObject({ status: "succeeded" });
});

it("answers what a step of the draft has the page ask as the step says, and asks the person what they have it ask themselves", async () => {
  const trial = await trialRun({ keys: { variables: { log: { type: "string" } } } });
  const code = `document.body.innerHTML = '<button id="ask" style="position:fixed;left:20px;top:20px;width:80px;height:30px">Ask</button><p id="log"></p>';
    document.querySelector("#ask").onclick = () => { document.querySelector("#log").textContent += confirm("Sure?") + ";"; };`;
  const click = (deskhand?: object) => ({ type: "click", selectors: ["#ask"], offsetX: 2, offsetY: 2, ...(deskhand && { deskhand }) });
  await trial.load([open("two"), custom("script", { code }), click({ dialog: "dismiss" }), click(), read("#log", "log")]);
  await trial.run(null, 4);
  await trial.stands(4);
  await act(trial.runId, ...press(60, 35));
  const { asks } = await news(trial.runId, (one) => one.asks?.message === "Sure?");
  await act(trial.runId, { t: "dialog", dialogId: asks?.id ?? "", accept: false });
  await news(trial.runId, (one) => one.asks === null);
  await trial.run(null, "end");
  const { steps } = await trial.stands(null);
  expect(steps[4]?.values).toMatchObject([{ name: "log", text: "false;true;false;" }]);
  await trial.end();
});
