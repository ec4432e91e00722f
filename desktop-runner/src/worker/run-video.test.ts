import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { jpegSize, type VideoNote, type VideoPicture, videoReader } from "@deskhand/shared/formats/run-video";
import { expect, it } from "vitest";
import { handsOn, press } from "../testing/hands.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import type { WorkerMessage, WorkerRunEvent } from "./messages.ts";

const bed = openWorkerBed();
const { act, hold, news } = handsOn(bed);

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const wait = (ms: number) => ({ type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms } });
const kept = (events: WorkerRunEvent[]) => events.flatMap((event) => (event.kind === "artifact" && event.type === "video" ? [event] : []));

async function read(artifactsDir: string) {
  const pictures: VideoPicture[] = [];
  const notes: VideoNote[] = [];
  let startedAt = 0;
  let lengthMs: number | null = null;
  const take = videoReader({
    head: (head) => {
      ({ startedAt, lengthMs } = head);
    },
    picture: (picture) => pictures.push(picture),
    note: (note) => notes.push(note),
  });
  take(await readFile(path.join(artifactsDir, "video.mkv")));
  return { startedAt, lengthMs: lengthMs ?? 0, pictures, notes };
}

it("a video shows what a page did between two steps, at the times at which it did", async () => {
  const { artifactsDir, events, finished } = await bed.run([open("index"), open("noise"), wait(1_500)], { extra: { video: "always" } });
  expect(finished).toMatchObject({ status: "succeeded" });
  expect(kept(events)).toMatchObject([{ name: "video.mkv", contentType: "video/matroska", step: null }]);
  const { startedAt, lengthMs, pictures, notes } = await read(artifactsDir);
  expect(notes).toEqual([]);
  const times = pictures.map(({ at }) => at);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  expect(times[0]).toBe(0);
  expect(lengthMs).toBeGreaterThan(times.at(-1) ?? 0);
  const told = (kind: string) =>
    events.flatMap((event) => ((event.kind === "step-started" || event.kind === "step-finished") && event.kind === kind ? [event.at] : []));
  const [from = 0, to = 0] = [told("step-started")[2], told("step-finished")[2]];
  const within = pictures.filter(({ at }) => startedAt + at > from && startedAt + at < to);
  expect(within.length).toBeGreaterThan(3);
  expect(new Set(within.map(({ jpeg }) => Buffer.from(jpeg).toString("base64"))).size).toBe(within.length);
  // ten a second; the run's own pictures of its steps come in between
  expect(pictures.length).toBeLessThan(lengthMs / 60 + 10);
  for (const { jpeg } of pictures)
    expect([...jpeg.slice(0, 2), ...jpeg.slice(-2), jpegSize(jpeg)?.width]).toEqual([0xff, 0xd8, 0xff, 0xd9, 1280]);
});

it("none is recorded where the workflow does not say so, and that of failed runs only stays when the run failed", async () => {
  const fails = { ...click("#never"), timeout: 300 };
  const of = async (video: string | undefined, ...steps: unknown[]) => {
    const { artifactsDir, events } = await bed.run([open("noise"), ...steps], { extra: video === undefined ? {} : { video } });
    const files = (await readdir(artifactsDir)).filter((file) => file.startsWith("video"));
    expect(files).toEqual(kept(events).map(({ file }) => file));
    return kept(events).length;
  };
  expect(await of(undefined, fails)).toBe(0);
  expect(await of("off", fails)).toBe(0);
  expect(await of("failed", wait(300))).toBe(0);
  expect(await of("failed", fails)).toBe(1);
});

it("what no longer fits is left out, and the log and the video say so", async () => {
  const limits = { artifactsMaxBytes: 1_600_000 };
  const { artifactsDir, events, finished } = await bed.run([open("noise"), wait(3_000)], { extra: { video: "always" }, limits });
  expect(finished).toMatchObject({ status: "succeeded" });
  expect(kept(events)[0]?.bytes).toBeLessThan(401_000);
  const text = "The video ends here: there was no room for more than 0.4 MB.";
  expect(events.filter((event) => event.kind === "log" && event.level === "warn")).toMatchObject([{ message: text }]);
  const { lengthMs, pictures, notes } = await read(artifactsDir);
  expect(pictures.length).toBeGreaterThan(3);
  expect(notes).toEqual([{ at: pictures.at(-1)?.at, ms: expect.any(Number), text }]);
  expect((notes[0]?.at ?? 0) + (notes[0]?.ms ?? 0)).toBe(lengthMs);
});

it("nothing is recorded while a person has the page, and the video says so", async () => {
  const steps = [open("noise"), { type: "waitForElement", selectors: ["#done"], timeout: 1_000 }, wait(500)];
  const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps, extra: { video: "always" } });
  await bed.worker.untilEvent(runId, "step-finished");
  hold(runId, true);
  await news(runId, ({ isWaiting }) => isWaiting);
  // the page moves, and whoever has it sees so
  const before = bed.worker.messages.length;
  bed.worker.send({ type: "live", runId, on: true });
  for (let count = 1; count <= 8; count++) {
    const isFrame = (message: WorkerMessage): message is Extract<WorkerMessage, { type: "frame" }> =>
      message.type === "frame" && message.runId === runId;
    await bed.worker.until(
      (message): message is Extract<WorkerMessage, { type: "frame" }> =>
        isFrame(message) && bed.worker.messages.slice(before).filter(isFrame).length >= count,
    );
    bed.worker.send({ type: "live-ack", runId });
  }
  await act(runId, ...press(60, 280));
  hold(runId, false);
  expect(await finished).toEqual({ kind: "finished", status: "succeeded", data: {} });
  const { pictures, notes } = await read(artifactsDir);
  expect(notes).toMatchObject([{ text: "A person had the page: nothing was recorded." }]);
  const [from = 0, to = 0] = notes.map(({ at, ms }) => [at, at + ms])[0] ?? [];
  expect(pictures.filter(({ at }) => at > from && at < to)).toEqual([]);
  expect(pictures.filter(({ at }) => at <= from).length).toBeGreaterThan(0);
  expect(pictures.filter(({ at }) => at >= to).length).toBeGreaterThan(0);
});

it("a video goes on with a pop-up that the run works on", async () => {
  const steps = [
    open("popup"),
    click("aria/Open"),
    { ...click("aria/In the pop-up"), target: `${bed.site.origin}/popup-child` },
    wait(300),
  ];
  const { artifactsDir, finished } = await bed.run(steps, { extra: { video: "always" } });
  expect(finished).toMatchObject({ status: "succeeded" });
  const { pictures } = await read(artifactsDir);
  expect(new Set(pictures.map(({ jpeg }) => JSON.stringify(jpegSize(jpeg)))).size).toBe(2);
});
