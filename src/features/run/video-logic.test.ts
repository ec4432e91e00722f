import type { RunDetail } from "@deskhand/shared/schemas/run";
import { expect, it } from "vitest";
import { onwardFrom, playedMs, skipsOf, stepAtTime, timeOfStep, videoPictureAt, videoTimeAfter } from "./video-logic.ts";

const jpeg = new Blob();
const pictures = [0, 100, 1_000, 61_000, 61_100].map((at) => ({ at, jpeg }));
const video = { startedAt: 1_700_000_000_000, lengthMs: 90_000, pictures, notes: [] };
const steps = [0, 500, null, 61_050].map((ms, index) => ({
  index,
  startedAt: ms === null ? null : new Date(video.startedAt + ms).toISOString(),
}));
const run = { steps } as unknown as Pick<RunDetail, "steps">;

it("shows the picture that was taken last", () => {
  expect([-5, 0, 99, 100, 60_999, 61_000, 500_000].map((at) => videoPictureAt(video, at))).toEqual([0, 0, 0, 1, 2, 3, 4]);
  expect(videoPictureAt({ pictures: [] }, 5)).toBe(0);
});

it("plays over what stands still for long, and is saved so", () => {
  const skips = skipsOf(video);
  expect(skips).toEqual([
    { from: 5_500, to: 60_500 },
    { from: 65_600, to: 90_000 },
  ]);
  expect([0, 5_500, 5_501, 60_499, 60_500, 61_000, 70_000].map((at) => onwardFrom(skips, at))).toEqual([
    0, 5_500, 60_500, 60_500, 60_500, 61_000, 90_000,
  ]);
  expect(playedMs(video, skips)).toBe(10_600);
  expect([0, 5_500, 5_600, 10_600].map((ms) => videoTimeAfter(skips, ms))).toEqual([0, 5_500, 60_600, 65_600]);
  expect(skipsOf({ pictures: [], lengthMs: 0 })).toEqual([]);
});

it("knows which step was under way, and when each began", () => {
  expect([-1, 0, 499, 500, 61_049, 61_050].map((ms) => stepAtTime(run, video.startedAt + ms))).toEqual([null, 0, 0, 1, 1, 3]);
  expect([0, 1, 2, 3, 9].map((index) => timeOfStep(run, video, index))).toEqual([0, 500, undefined, 61_050, undefined]);
});
