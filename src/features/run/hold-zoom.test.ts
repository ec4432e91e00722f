import { expect, it } from "vitest";
import { pinched, wholePage } from "./hold-zoom.ts";

const frame = { width: 400, height: 200 };
const still = (x: number, y: number, factor: number) => ({ from: { x, y }, to: { x, y }, factor });

it("what is between two fingers stays there while they enlarge the page", () => {
  expect(pinched(wholePage, frame, still(100, 50, 2))).toEqual({ scale: 2, x: -100, y: -50 });
  expect(pinched({ scale: 2, x: -100, y: -50 }, frame, still(100, 50, 1.5))).toEqual({ scale: 3, x: -200, y: -100 });
});

it("an enlarged page is moved by both fingers, and not further than its edge", () => {
  const zoom = { scale: 2, x: -100, y: -50 };
  expect(pinched(zoom, frame, { from: { x: 200, y: 100 }, to: { x: 150, y: 90 }, factor: 1 })).toEqual({ scale: 2, x: -150, y: -60 });
  expect(pinched(zoom, frame, { from: { x: 0, y: 0 }, to: { x: 999, y: -999 }, factor: 1 })).toEqual({ scale: 2, x: 0, y: -200 });
});

it("it is never smaller than its frame, nor enlarged without end", () => {
  expect(pinched({ scale: 2, x: -100, y: -50 }, frame, still(100, 50, 0.1))).toEqual({ scale: 1, x: 0, y: 0 });
  expect(pinched(wholePage, frame, still(0, 0, 50)).scale).toBe(5);
});
