import { type RefObject, useEffect, useState } from "react";

/** How far below the top of the document an element begins, in pixels. Measured when the page changes its size, and not while it scrolls. */
export function useDocumentTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = () => {
      const measured = (element.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      setTop((before) => (Math.abs(measured - before) > 1 ? measured : before));
    };
    measure();
    // what stands above it changes its height, and with it the page's
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
