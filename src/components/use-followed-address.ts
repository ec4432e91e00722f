import { useEffect, useRef } from "react";

/**
 * Keeps a page and its address together. `address`: what the router says the page shows; `onGone` is called when a link or the way back
 * changed it. The page says with what is returned what it is about to write there itself.
 */
export function useFollowedAddress(address: string, onGone: () => void): (next: string) => void {
  // what was written comes back from the router a moment later, perhaps not all of it
  const written = useRef<string[]>([]);
  const seen = useRef(address);
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => {
    if (address === seen.current) return;
    seen.current = address;
    const own = written.current.indexOf(address);
    written.current = own < 0 ? [] : written.current.slice(own + 1);
    if (own < 0) gone.current();
  }, [address]);
  return (next) => {
    if (next !== (written.current.at(-1) ?? seen.current)) written.current.push(next);
  };
}
