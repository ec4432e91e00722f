import type { DragParameters } from "@deskhand/shared/schemas/custom-step-parameters";
import type { Locator } from "playwright-core";
import { aim, offsetWithin, onElement, type Point } from "./pointer-steps.ts";
import { StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

/** A pull is seen by what it passes on its way. */
const moves = 12;

/** Pulls an element to a place: with the pages that follow the pointer themselves, and with the browser's own drag and drop. */
export async function drag({ selectors, offsetX, offsetY, to, toX, toY, deviceType }: DragParameters, scope: StepScope): Promise<void> {
  await onElement(scope, selectors, (source) =>
    onElement(scope, to, async (target) => {
      // what is pulled has to be in sight; where it goes is, if the window has room for both
      await target.scrollIntoViewIfNeeded({ timeout: remaining(scope) });
      const start = await aim(source, scope, await positionOf(source, { offsetX, offsetY }, scope));
      const end = await placeOf(target, { offsetX: toX, offsetY: toY }, scope);
      if (deviceType === "touch") await pullByFinger(start, end, scope);
      else await pullByMouse(start, end, scope);
    }),
  );
}

type Offset = { offsetX?: number | undefined; offsetY?: number | undefined };

async function positionOf(locator: Locator, { offsetX, offsetY }: Offset, scope: StepScope): Promise<Point | undefined> {
  return offsetX === undefined || offsetY === undefined ? undefined : offsetWithin(locator, { offsetX, offsetY }, scope);
}

/** In the page's coordinates. A place beside the element counts as well: one may pull beyond the end of a slider. */
async function placeOf(locator: Locator, { offsetX, offsetY }: Offset, scope: StepScope): Promise<Point> {
  const box = await locator.boundingBox({ timeout: remaining(scope) });
  if (!box) throw new StepFailure("ELEMENT_NOT_READY", {});
  return { x: box.x + (offsetX ?? box.width / 2), y: box.y + (offsetY ?? box.height / 2) };
}

function* way(start: Point, end: Point): Generator<Point> {
  for (let move = 1; move <= moves; move++) {
    const part = move / moves;
    yield { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
  }
  // twice at its end: the first may only tell the page that something has come
  yield end;
}

async function pullByMouse(start: Point, end: Point, { page: { mouse } }: StepScope): Promise<void> {
  await mouse.move(start.x, start.y);
  await mouse.down();
  try {
    for (const { x, y } of way(start, end)) await mouse.move(x, y);
  } finally {
    await mouse.up();
  }
}

async function pullByFinger(start: Point, end: Point, { context, page }: StepScope): Promise<void> {
  const session = await context.newCDPSession(page);
  try {
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [start] });
    for (const point of way(start, end)) await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [point] });
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  } finally {
    await session.detach().catch(() => {});
  }
}
