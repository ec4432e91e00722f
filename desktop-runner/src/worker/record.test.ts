import { readFile } from "node:fs/promises";
import path from "node:path";
import type { RecordAct } from "@deskhand/shared/protocol/recorded";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { expect, it } from "vitest";
import { handsOn, press } from "../testing/hands.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import type { WorkerMessage } from "./messages.ts";

const bed = openWorkerBed();
const { act } = handsOn(bed);

type Told = Extract<WorkerMessage, { type: "recorded" }>;

const say = (runId: string, said: RecordAct) => act(runId, { t: "record", act: said });
const told = async (runId: string, fits: (steps: Record<string, unknown>[]) => boolean) =>
  (
    await bed.worker.until(
      (message): message is Told =>
        message.type === "recorded" && message.runId === runId && fits(message.facts.steps.map(({ step }) => step)),
    )
  ).facts;

it("records what a person does after the run's own steps, also when they leave and come back, and runs it again", async () => {
  const steps = [{ type: "navigate", url: `${bed.site.origin}/hold` }];
  const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps, record: true });
  expect(await bed.worker.untilEvent(runId, "waiting")).toMatchObject({ reason: "record", index: 0 });
  bed.worker.send({ type: "hold", runId, on: true });
  await told(runId, (all) => all.length === 0);
  await act(runId, ...press(60, 40));
  await told(runId, (all) => all.length === 1);
  await act(runId, ...press(60, 100), { t: "text", text: "Hi there" });
  await told(runId, ([, , last]) => last?.value === "Hi there");
  bed.worker.send({ type: "hold", runId, on: false });
  bed.worker.send({ type: "hold", runId, on: true });
  await act(runId, ...press(60, 280));
  await told(runId, (all) => all.length === 4);
  await act(runId, { t: "go", to: `${bed.site.origin}/two` });
  const { steps: all } = await told(runId, (now) => now.length === 5);
  expect(all.map(({ step }) => step.type)).toEqual(["click", "click", "change", "click", "navigate"]);
  await say(runId, { do: "undo" });
  await told(runId, (now) => now.length === 4 && now[3]?.type === "click");
  await say(runId, { do: "finish" });
  bed.worker.send({ type: "hold", runId, on: false });
  expect(await finished).toMatchObject({ status: "succeeded" });

  const document = JSON.parse(await readFile(path.join(artifactsDir, "recording.json"), "utf8"));
  expect(parseRecordingData(document)).toMatchObject({ ok: true });
  expect(document.steps).toHaveLength(5);
  const read = { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "done", selectors: ["#done"] } };
  const again = orderRun(bed.worker, { folder: bed.folder.path, steps: [...document.steps, read] });
  expect(await again.finished).toMatchObject({ status: "succeeded", data: { done: "by hand" } });
});
