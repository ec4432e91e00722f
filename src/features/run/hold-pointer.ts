import type { HoldInput } from "@deskhand/shared/protocol/hold";
import type { Pinch } from "./hold-zoom.ts";

type Point = { x: number; y: number };
type Pointing = { clientX: number; clientY: number; pointerId: number; pointerType: string; button: number; timeStamp: number };

/** A finger that moved less than this has tapped, pixels. */
const tapWithin = 8;
/** A second click in the same place within this time is a double click, milliseconds and pixels. */
const again = { ms: 500, px: 6 };
const buttons = ["left", "middle", "right"] as const;

/** Where on the page something points: its picture keeps the page's shape, with bars where the shapes differ. Null beside it. */
export function pagePoint(picture: HTMLCanvasElement | null, { clientX, clientY }: { clientX: number; clientY: number }): Point | null {
  if (!picture || picture.width === 0) return null;
  return pointIn(picture.getBoundingClientRect(), picture, clientX, clientY);
}

type Box = { left: number; top: number; width: number; height: number };

/** As {@link pagePoint}, for a page of this size in this box. */
export function pointIn(box: Box, page: { width: number; height: number }, clientX: number, clientY: number): Point | null {
  const scale = Math.min(box.width / page.width, box.height / page.height);
  const x = (clientX - box.left - (box.width - page.width * scale) / 2) / scale;
  const y = (clientY - box.top - (box.height - page.height * scale) / 2) / scale;
  if (!(x >= 0 && y >= 0 && x < page.width && y < page.height)) return null;
  return { x: Math.round(x), y: Math.round(y) };
}

/**
 * Makes a mouse's and a finger's way over the surface what the page is told: a finger taps, or moves what is under it. Two fingers enlarge
 * the picture of the page, of which the page is told nothing.
 */
export function createPointer(add: (...inputs: HoldInput[]) => void, onPinch: (pinch: Pinch) => void = () => {}) {
  const fingers = new Map<number, Point>();
  let pinches = false;
  let finger: { from: Point; last: Pointing; moved: boolean } | undefined;
  let lastClick = { at: Number.NEGATIVE_INFINITY, x: 0, y: 0, clicks: 0 };
  let held: { button: (typeof buttons)[number]; clicks: number; last: Point } | undefined;

  const pinch = (event: Pointing) => {
    const before = between([...fingers.values()]);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const now = between([...fingers.values()]);
    onPinch({ from: before.middle, to: now.middle, factor: before.apart > 0 ? now.apart / before.apart : 1 });
  };
  /** Was it one of two? Then what is left of them does nothing until all are gone. */
  const lift = (event: Pointing): boolean => {
    fingers.delete(event.pointerId);
    const wasPinch = pinches;
    if (fingers.size === 0) pinches = false;
    return wasPinch;
  };

  return {
    down(event: Pointing, at: Point | null): void {
      if (event.pointerType === "touch") {
        fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
        if (fingers.size > 1) pinches = true;
        finger = pinches || !at ? undefined : { from: at, last: event, moved: false };
        return;
      }
      if (!at) return;
      const near = Math.hypot(event.clientX - lastClick.x, event.clientY - lastClick.y) <= again.px;
      const clicks = near && event.timeStamp - lastClick.at < again.ms ? Math.min(lastClick.clicks + 1, 3) : 1;
      lastClick = { at: event.timeStamp, x: event.clientX, y: event.clientY, clicks };
      held = { button: buttons[event.button] ?? "left", clicks, last: at };
      add({ t: "down", ...at, button: held.button, clicks });
    },
    move(event: Pointing, at: Point | null): void {
      if (pinches) {
        if (fingers.size === 2 && fingers.has(event.pointerId)) pinch(event);
        return;
      }
      if (finger) {
        const [dx, dy] = [finger.last.clientX - event.clientX, finger.last.clientY - event.clientY];
        if (!finger.moved && Math.hypot(dx, dy) < tapWithin) return;
        finger.moved = true;
        finger.last = event;
        add({ t: "wheel", ...finger.from, dx, dy });
        return;
      }
      if (!at || event.pointerType === "touch") return;
      if (held) held.last = at;
      add({ t: "move", ...at });
    },
    up(event: Pointing, at: Point | null): void {
      if (lift(event)) return;
      if (finger) {
        if (!finger.moved) add({ t: "tap", ...finger.from });
        finger = undefined;
        return;
      }
      if (!held) return;
      // let go beside the page, it is let go where it was last
      add({ t: "up", ...(at ?? held.last), button: held.button, clicks: held.clicks });
      held = undefined;
    },
    cancel(event: Pointing, _at: Point | null): void {
      lift(event);
      finger = undefined;
      if (held) add({ t: "up", ...held.last, button: held.button, clicks: held.clicks });
      held = undefined;
    },
  };
}

function between([a = { x: 0, y: 0 }, b = a]: readonly Point[]): { middle: Point; apart: number } {
  return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, apart: Math.hypot(a.x - b.x, a.y - b.y) };
}
