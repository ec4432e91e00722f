type Point = { x: number; y: number };
type Size = { width: number; height: number };

/** How the picture of a page is enlarged within its frame: from the upper left corner, then moved by pixels of the screen. */
export type Zoom = { scale: number; x: number; y: number };
export const wholePage: Zoom = { scale: 1, x: 0, y: 0 };

/** Two fingers moved: from where between them to where, in pixels of the screen, and how much further apart they are. */
export type Pinch = { from: Point; to: Point; factor: number };

const mostScale = 5;

/** What lay between the fingers still does; the picture never leaves its frame. Points count from the frame's upper left corner. */
export function pinched(zoom: Zoom, frame: Size, { from, to, factor }: Pinch): Zoom {
  const scale = Math.min(mostScale, Math.max(1, zoom.scale * factor));
  const moved = (before: number, at: number, now: number, length: number) => {
    const place = now - ((at - before) * scale) / zoom.scale;
    return Math.min(0, Math.max(length * (1 - scale), place));
  };
  return { scale, x: moved(zoom.x, from.x, to.x, frame.width), y: moved(zoom.y, from.y, to.y, frame.height) };
}
