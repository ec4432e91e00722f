import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { type ProfileListView, profilesAddress, readProfileView } from "./profile-view.ts";

/**
 * What the list shows, and the address that says it. Told by the list, the address follows; gone to by a link or the way back, the list does.
 * `onGone` is called then.
 */
export function useViewOfAddress(onGone: () => void) {
  const asked = readProfileView(useSearchParams());
  const address = profilesAddress(asked);
  const [view, setView] = useState(asked);
  // what was written here comes back from the router a moment later, perhaps not all of it
  const written = useRef<string[]>([]);
  const seen = useRef(address);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest is made anew by each render
  useEffect(() => {
    if (address === seen.current) return;
    seen.current = address;
    const own = written.current.indexOf(address);
    written.current = own < 0 ? [] : written.current.slice(own + 1);
    if (own >= 0) return;
    setView(asked);
    onGone();
  }, [address]);
  const write = (next: ProfileListView) => {
    const to = profilesAddress(next);
    if (to !== (written.current.at(-1) ?? seen.current)) written.current.push(to);
    setView(next);
    // the address alone: the page is the same, and nothing of it is asked of the server again
    window.history.replaceState(null, "", to);
  };
  return [view, write] as const;
}
