import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";

const top = 32;

/**
 * Begins with the first step in the middle of the upper edge, large enough to be read, and stays so while the area's size changes, until
 * the person moves the view. `at`: the y of the step that is chosen already, which comes into sight instead. @returns what is told that
 * they did
 */
export function useFirstView(area: RefObject<HTMLElement | null>, width: number, at: number | undefined): () => void {
  const { setViewport } = useReactFlow();
  const moved = useRef(false);
  const wanted = useRef(width);
  wanted.current = width;
  const chosenAt = useRef(at);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const room = element.clientWidth;
      if (moved.current || room === 0) return;
      const zoom = Math.min(1, Math.max(0.5, (room - 2 * top) / wanted.current));
      const below = (chosenAt.current ?? 0) * zoom + 2 * top - element.clientHeight / 2;
      void setViewport({ x: room / 2 - (wanted.current / 2) * zoom, y: top - Math.max(0, below), zoom });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [area, setViewport]);
  return useCallback(() => {
    moved.current = true;
  }, []);
}
