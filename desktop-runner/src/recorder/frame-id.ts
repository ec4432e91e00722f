import type { Frame } from "playwright-core";

type Inside = { _connection?: { toImpl?: (frame: Frame) => { _id?: unknown } | undefined } };

/**
 * What the DevTools protocol calls a frame; Playwright knows it and has no public name for it. Windows cannot be counted instead: those
 * in shadow roots are not among a window's own.
 */
export function frameIdOf(frame: Frame): string | undefined {
  const id = (frame as unknown as Inside)._connection?.toImpl?.(frame)?._id;
  return typeof id === "string" ? id : undefined;
}

/** The frames that lead to this one, each by its place in the one around. */
export function pathOf(frame: Frame): number[] {
  const parent = frame.parentFrame();
  return parent ? [...pathOf(parent), parent.childFrames().indexOf(frame)] : [];
}
