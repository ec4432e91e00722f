"use client";

import { type ReactNode, useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Shows `fallback` in the server's HTML and `children` from the first moment in the browser. Mantine sets its variables through style
 * attributes, which the Content-Security-Policy refuses in HTML but not when React sets them.
 */
export function AfterMount({ children, fallback }: { children: ReactNode; fallback: ReactNode }) {
  const mounted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return mounted ? children : fallback;
}
