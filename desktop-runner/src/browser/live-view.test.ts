import { expect, it } from "vitest";
import { createLiveView } from "./live-view.ts";
import type { Frame, Screencast } from "./screencast.ts";

function fakeCast() {
  const watchers = new Set<(frame: Frame) => void>();
  const cast: Screencast = {
    settle: async () => undefined,
    capture: async () => undefined,
    watch: (onFrame) => {
      watchers.add(onFrame);
      return () => watchers.delete(onFrame);
    },
  };
  const paint = (at: number) => {
    for (const watcher of watchers) watcher({ data: Buffer.from([at]), width: 1, height: 1, at });
  };
  return { cast, paint, watchers };
}

it("sends nothing while nobody looks, and never more than two ahead of the viewer", () => {
  const sent: number[] = [];
  const { cast, paint, watchers } = fakeCast();
  const live = createLiveView((frame) => sent.push(frame.at));
  live.follow(cast);
  paint(1);
  live.turn(true);
  for (const at of [2, 3, 4, 5]) paint(at);
  expect(sent).toEqual([2, 3]);
  live.acknowledge();
  expect(sent).toEqual([2, 3, 5]);
  live.turn(false);
  expect(watchers.size).toBe(0);
});

it("shows the page that the run works on", () => {
  const sent: number[] = [];
  const [main, popup] = [fakeCast(), fakeCast()];
  const live = createLiveView((frame) => sent.push(frame.at));
  live.turn(true);
  live.follow(main.cast);
  main.paint(1);
  live.follow(popup.cast);
  main.paint(2);
  popup.paint(3);
  expect(sent).toEqual([1, 3]);
});
