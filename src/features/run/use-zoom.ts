"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import { type Pinch, pinched, wholePage, type Zoom } from "./hold-zoom.ts";

/** What the button enlarges by: then a page for a desk can be read on a phone. */
const byButton = 2.5;

/** Enlarges the picture under a surface, on this screen alone. Places on the page are still found where they are seen. */
export function useZoom(surface: RefObject<HTMLElement | null>, picture: () => HTMLElement | null) {
  const zoom = useRef<Zoom>(wholePage);
  const [isZoomed, setZoomed] = useState(false);
  const show = (next: Zoom) => {
    zoom.current = next;
    setZoomed(next.scale > 1);
    const element = picture();
    if (!element) return;
    element.style.transformOrigin = "0 0";
    element.style.transform = next.scale > 1 ? `translate(${next.x}px, ${next.y}px) scale(${next.scale})` : "";
  };
  // whoever only watches sees the whole page
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it is given back
  useEffect(() => () => show(wholePage), []);
  const onPinch = ({ from, to, factor }: Pinch) => {
    const frame = surface.current?.getBoundingClientRect();
    if (!frame) return;
    const inFrame = ({ x, y }: Pinch["from"]) => ({ x: x - frame.left, y: y - frame.top });
    show(pinched(zoom.current, frame, { from: inFrame(from), to: inFrame(to), factor }));
  };
  const toggle = () => {
    const frame = surface.current?.getBoundingClientRect();
    if (!frame || zoom.current.scale > 1) return show(wholePage);
    const middle = { x: frame.width / 2, y: frame.height / 2 };
    show(pinched(zoom.current, frame, { from: middle, to: middle, factor: byButton }));
  };
  return { isZoomed, onPinch, toggle };
}
