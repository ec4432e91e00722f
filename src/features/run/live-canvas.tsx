"use client";

import { type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import classes from "./stage.module.css";
import type { LiveFrame } from "./use-live-view.ts";

export type LiveCanvasHandle = { draw: (frame: LiveFrame) => void; element: () => HTMLCanvasElement | null };

type Props = { handle: RefObject<LiveCanvasHandle | null>; label: string; shown: boolean; onFirstFrame: () => void };

/** Draws the frames of a page, always the newest: one that comes while another is decoded takes the place of those between. */
export function LiveCanvas({ handle, label, shown, onFirstFrame }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const next = useRef<LiveFrame | null>(null);
  const busy = useRef(false);
  const drawn = useRef(false);
  const tellFirst = useRef(onFirstFrame);
  useEffect(() => {
    tellFirst.current = onFirstFrame;
  }, [onFirstFrame]);

  useImperativeHandle(handle, () => {
    const work = async () => {
      busy.current = true;
      while (next.current) {
        const { data, width, height } = next.current;
        next.current = null;
        // a frame that cannot be decoded is followed by another
        const picture = await createImageBitmap(new Blob([data], { type: "image/jpeg" })).catch(() => null);
        const element = canvas.current;
        if (!picture || !element) continue;
        if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
        element.getContext("2d")?.drawImage(picture, 0, 0, width, height);
        picture.close();
        if (!drawn.current) {
          drawn.current = true;
          tellFirst.current();
        }
      }
      busy.current = false;
    };
    return {
      element: () => canvas.current,
      draw: (frame) => {
        next.current = frame;
        if (!busy.current) void work();
      },
    };
  }, []);

  return <canvas ref={canvas} className={classes.picture} role="img" aria-label={label} hidden={!shown} />;
}
