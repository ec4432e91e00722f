import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import type { HoldAct } from "../holds/run-holds.ts";
import { handsOn, press } from "../testing/hands.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import { readZip } from "./mask-trace.ts";

const bed = openWorkerBed();
const { act, news } = handsOn(bed);

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const read = (selector: string, key = "text") => ({
  type: "customStep",
  name: "deskhand.extract",
  parameters: { kind: "text", key, selectors: [selector] },
});
const type = (key: string): HoldAct[] => [
  { t: "key-down", key, code: "" },
  { t: "key-up", key, code: "" },
];

/** A run that stands at a button which only a person brings, with a person at its page. */
async function heldRun(...after: unknown[]) {
  const steps = [open("hold"), { ...click("#done"), timeout: 500 }, read("#done", "done"), read("#log", "log"), ...after];
  const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps });
  await bed.worker.untilEvent(runId, "step-finished");
  bed.worker.send({ type: "hold", runId, on: true });
  await news(runId, ({ isWaiting }) => isWaiting);
  return { runId, finished, giveBack: () => bed.worker.send({ type: "hold", runId, on: false }) };
}

it("waits while a person has the page, and tries the step again that failed meanwhile", async () => {
  const { runId, finished, giveBack } = await heldRun();
  await act(runId, ...press(60, 40), ...press(60, 100), ...type("H"), ...type("ö"), { t: "text", text: "i there" }, ...press(60, 280));
  giveBack();
  const { data } = await finished;
  expect(data).toMatchObject({ done: "by hand" });
  expect(String(data.log)).toContain("clicked");
  expect(bed.worker.events(runId).filter((event) => event.kind === "step-finished" && event.status === "failed")).toEqual([]);
});

it("hands over files in parts, shows a pop-up that opens and the page again when it closes", async () => {
  const { runId, finished, giveBack } = await heldRun();
  await act(runId, ...press(60, 160));
  const { chooser } = await news(runId, ({ chooser: asked }) => asked !== null);
  expect(chooser).toMatchObject({ multiple: true });
  const part = (index: number, name: string, text: string, done: boolean): HoldAct => ({
    t: "file",
    chooserId: chooser?.id ?? "",
    index,
    name,
    type: "text/plain",
    data: Buffer.from(text).toString("base64"),
    done,
  });
  await act(runId, part(0, "one.txt", "1234", false), part(0, "one.txt", "5678", false), part(1, "two.txt", "12", true));
  await news(runId, ({ chooser: asked, shown, tabs }) => asked === null && shown === 0 && tabs.length === 1);
  await act(runId, ...press(60, 220));
  const popped = await news(runId, ({ tabs, shown }) => tabs.length === 2 && shown === 1);
  expect(popped.tabs[1]?.url).toContain("/popup-child");
  await act(runId, { t: "tab", index: 0 }, ...press(60, 280));
  giveBack();
  const { data } = await finished;
  expect(String(data.log)).toContain("one.txt=8,two.txt=2");
});

it("goes where the person says, and keeps what they type out of the trace", async () => {
  const { runId, finished, giveBack } = await heldRun();
  await act(runId, { t: "go", to: `${bed.site.origin}/two` });
  await news(runId, ({ tabs }) => tabs[0]?.title === "Two");
  await act(runId, { t: "go", to: "back" });
  await news(runId, ({ tabs }) => tabs[0]?.title === "Hold");
  await act(runId, ...press(60, 100), { t: "text", text: "typed-by-a-person" });
  await act(runId, ...[..."typed-by-a-person"].flatMap(type), { t: "go", to: "reload" });
  await news(runId, ({ tabs }) => tabs[0]?.title === "Hold");
  await act(runId, ...press(60, 280));
  giveBack();
  await finished;
  const traces = bed.worker.events(runId).flatMap((event) => (event.kind === "artifact" && event.type === "trace" ? [event.file] : []));
  expect(traces).toEqual(["trace.zip", "trace-2.zip"]);
  for (const file of traces) {
    const zip = await readFile(path.join(bed.folder.path, "artifacts", runId, file));
    const text = readZip(zip)
      .map(({ data }) => data.toString("latin1"))
      .join("\n");
    expect(text).not.toContain("typed-by-a-person");
  }
});

it("asks for a file no more when the page that asked has gone elsewhere, but when it only changed its own address", async () => {
  const { runId, finished, giveBack } = await heldRun();
  await act(runId, ...press(60, 160));
  const { chooser } = await news(runId, ({ chooser: asked }) => asked !== null);
  await act(runId, { t: "go", to: `${bed.site.origin}/hold#elsewhere` });
  const moved = await news(runId, ({ tabs }) => tabs[0]?.url.endsWith("#elsewhere") === true);
  expect(moved.chooser).toEqual(chooser);
  await act(runId, { t: "go", to: `${bed.site.origin}/two` });
  await news(runId, ({ chooser: asked, tabs }) => asked === null && tabs[0]?.url.endsWith("/two") === true);
  bed.worker.send({ type: "cancel", runId });
  giveBack();
  await finished;
});

it("tells of a file that the page does not ask for any more, and of an address that it did not take", async () => {
  const { runId, finished, giveBack } = await heldRun();
  const part = (chooserId: string): HoldAct => ({ t: "file", chooserId, index: 0, name: "a.txt", type: "", data: "aGk=", done: true });
  await act(runId, ...press(60, 160));
  const { chooser } = await news(runId, ({ chooser: asked }) => asked !== null);
  await act(runId, { t: "go", to: `${bed.site.origin}/two` });
  await news(runId, ({ chooser: asked, tabs }) => asked === null && tabs[0]?.title === "Two");
  await act(runId, part(chooser?.id ?? ""));
  await news(runId, ({ trouble }) => trouble === "The page does not ask for this file any more. Have it ask again.");
  await act(runId, { t: "go", to: "http://127.0.0.1:1/" });
  await news(runId, ({ trouble }) => trouble === "The page could not be opened: browsers do not open this port.");
  // the next thing that they do is what matters then
  await act(runId, { t: "go", to: `${bed.site.origin}/hold?again` });
  await news(runId, ({ tabs: [tab], trouble }) => tab?.title === "Hold" && tab.url.endsWith("?again") && trouble === null);
  await act(runId, ...press(60, 280));
  giveBack();
  expect(await finished).toMatchObject({ status: "succeeded" });
});

it("does not count the time that a person takes, and ends at once when it is cancelled under their hands", async () => {
  const { runId, finished } = await heldRun();
  bed.worker.send({ type: "cancel", runId });
  expect(await finished).toMatchObject({ status: "cancelled" });
});

it("does not end while a person still has its page", async () => {
  const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("hold")] });
  bed.worker.send({ type: "hold", runId, on: true });
  await news(runId, ({ isWaiting }) => isWaiting);
  expect(bed.worker.events(runId).some(({ kind }) => kind === "finished")).toBe(false);
  bed.worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded" });
});

const human = (timeoutMs: number, onTimeout: "fail" | "continue") => ({
  type: "customStep",
  name: "deskhand.human",
  parameters: { message: "Press Finish", timeoutMs, onTimeout },
});

it("waits at a step for a person until one has been there", async () => {
  const steps = [open("hold"), human(60_000, "fail"), read("#done", "done")];
  const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps });
  expect(await bed.worker.untilEvent(runId, "waiting")).toMatchObject({ index: 1, reason: "step" });
  bed.worker.send({ type: "hold", runId, on: true });
  await act(runId, ...press(60, 280));
  bed.worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded", data: { done: "by hand" } });
  expect(bed.worker.events(runId).filter(({ kind }) => kind === "waiting" || kind === "resumed")).toHaveLength(2);
});

it("goes on, or fails, by the step's own rule when nobody comes", async () => {
  const goesOn = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("hold"), human(1_000, "continue")] });
  expect(await goesOn.finished).toMatchObject({ status: "succeeded" });
  const fails = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("hold"), human(1_000, "fail")] });
  expect(await fails.finished).toMatchObject({ status: "failed", code: "PERSON_MISSING", step: 1 });
});

it("goes by the document's rule where no step says how long a person is waited for", async () => {
  const begin = (steps: unknown[], person: object) => bed.run(steps, { extra: { person } });
  const asks = { type: "customStep", name: "deskhand.human", parameters: { message: "Press Finish" } };
  const goesOn = { timeoutMs: 1_000, onTimeout: "continue" };
  expect((await begin([open("hold"), asks], goesOn)).finished).toMatchObject({ status: "succeeded" });
  expect((await begin([open("hold"), human(1_000, "fail")], goesOn)).finished).toMatchObject({ code: "PERSON_MISSING", step: 1 });
  expect((await begin([open("hold"), asks], { timeoutMs: 1_000 })).finished).toMatchObject({ code: "PERSON_MISSING", step: 1 });

  const blocked = { ...click("#done"), timeout: 500 };
  const failed = await begin([open("captcha"), blocked], { timeoutMs: 1_000 });
  expect(failed.finished).toMatchObject({ code: "PERSON_MISSING", message: expect.stringContaining("within 1 s"), step: 1 });
  const passed = await begin([open("captcha"), blocked, read("button")], goesOn);
  expect(passed.finished).toMatchObject({ status: "succeeded", data: { text: "Pass" } });
  expect(passed.events).toContainEqual(expect.objectContaining({ kind: "step-finished", index: 1, code: "PERSON_MISSING" }));
  const insists = { ...blocked, deskhand: { onError: "fail" } };
  expect((await begin([open("captcha"), insists], goesOn)).finished).toMatchObject({ code: "PERSON_MISSING", step: 1 });
});

it.each([
  ["captcha", press(60, 270)],
  ["code", [...press(60, 270), { t: "text", text: "123456" } as const]],
])("calls a person where the page asks for a %s, and tries the step again after them", async (reason, acts) => {
  const steps = [open(reason), { ...click("#done"), timeout: 2000 }, read("#done", "done")];
  const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps });
  expect(await bed.worker.untilEvent(runId, "waiting")).toMatchObject({ index: 1, reason });
  bed.worker.send({ type: "hold", runId, on: true });
  await act(runId, ...acts);
  bed.worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded", data: { done: "by hand" } });
});

it("is cancelled while it waits for a person", async () => {
  const { runId, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps: [open("hold"), human(60_000, "fail")] });
  await bed.worker.untilEvent(runId, "waiting");
  bed.worker.send({ type: "cancel", runId });
  expect(await finished).toMatchObject({ status: "cancelled" });
});

it("types the profile's one-time code, and says what to do when there is nothing to make it from", async () => {
  const steps = [
    open("code"),
    { type: "change", selectors: ["#code"], value: "{{profile.code}}" },
    { type: "customStep", name: "deskhand.set", parameters: { variable: "typed", value: "{{profile.code}}" } },
  ];
  const extra = { variables: { typed: { type: "string", output: true } } };
  const { data } = await orderRun(bed.worker, { folder: bed.folder.path, steps, extra, totp: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" }).finished;
  expect(data.typed).toMatch(/^\d{6}$/);
  // on a page that asks for no code: there a person would be asked for it
  const elsewhere = [open("hold"), ...steps.slice(2)];
  const without = await orderRun(bed.worker, { folder: bed.folder.path, steps: elsewhere, extra }).finished;
  expect(without).toMatchObject({ status: "failed", code: "CODE_SECRET_MISSING", step: 1 });
});
