import type { HoldInput } from "@deskhand/shared/protocol/hold";
import { expect, it } from "vitest";
import { createPointer, pointIn } from "./hold-pointer.ts";
import type { Pinch } from "./hold-zoom.ts";

const box = { left: 100, top: 50, width: 800, height: 600 };

it("finds the place on a page that has bars above and below its picture", () => {
  const page = { width: 1280, height: 720 };
  // 800 wide, 450 high: 75 pixels of bar above
  expect(pointIn(box, page, 100, 125)).toEqual({ x: 0, y: 0 });
  expect(pointIn(box, page, 500, 350)).toEqual({ x: 640, y: 360 });
  expect(pointIn(box, page, 500, 100)).toBeNull();
  expect(pointIn(box, page, 99, 350)).toBeNull();
});

function hand() {
  const done: HoldInput[] = [];
  const pinches: Pinch[] = [];
  const pointer = createPointer(
    (...inputs) => done.push(...inputs),
    (pinch) => pinches.push(pinch),
  );
  const at = (x: number, y: number, pointerType = "mouse", timeStamp = 0, pointerId = 1) =>
    [
      { clientX: x, clientY: y, pointerId, pointerType, timeStamp, button: 0 },
      { x, y },
    ] as const;
  return { done, pinches, pointer, at };
}

it("counts a second click in the same place, and lets go where it was last when the mouse has left the page", () => {
  const { done, pointer, at } = hand();
  pointer.down(...at(5, 5, "mouse", 0));
  pointer.up(...at(5, 5));
  pointer.down(...at(6, 5, "mouse", 200));
  pointer.move(...at(9, 9));
  pointer.up({ clientX: 999, clientY: 0, pointerId: 1, pointerType: "mouse", timeStamp: 300, button: 0 }, null);
  expect(done.filter(({ t }) => t !== "move")).toMatchObject([
    { t: "down", clicks: 1 },
    { t: "up", clicks: 1 },
    { t: "down", clicks: 2 },
    { t: "up", clicks: 2, x: 9, y: 9 },
  ]);
});

it("taps with a finger that stays, and scrolls with one that moves", () => {
  const { done, pointer, at } = hand();
  pointer.down(...at(50, 50, "touch"));
  pointer.move(...at(52, 51, "touch"));
  pointer.up(...at(52, 51, "touch"));
  pointer.down(...at(50, 200, "touch"));
  pointer.move(...at(50, 150, "touch"));
  pointer.move(...at(50, 140, "touch"));
  pointer.up(...at(50, 140, "touch"));
  expect(done).toEqual([
    { t: "tap", x: 50, y: 50 },
    { t: "wheel", x: 50, y: 200, dx: 0, dy: 50 },
    { t: "wheel", x: 50, y: 200, dx: 0, dy: 10 },
  ]);
});

it("two fingers enlarge the picture, the page is told nothing, and what is left of them neither taps nor scrolls", () => {
  const { done, pinches, pointer, at } = hand();
  pointer.down(...at(100, 100, "touch", 0, 1));
  pointer.down(...at(200, 100, "touch", 0, 2));
  pointer.move(...at(300, 100, "touch", 0, 2));
  pointer.up(...at(300, 100, "touch", 0, 2));
  pointer.move(...at(100, 300, "touch", 0, 1));
  pointer.up(...at(100, 300, "touch", 0, 1));
  expect(done).toEqual([]);
  expect(pinches).toEqual([{ from: { x: 150, y: 100 }, to: { x: 200, y: 100 }, factor: 2 }]);
  pointer.down(...at(50, 50, "touch", 0, 3));
  pointer.up(...at(50, 50, "touch", 0, 3));
  expect(done).toEqual([{ t: "tap", x: 50, y: 50 }]);
});
