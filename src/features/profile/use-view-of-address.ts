import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useFollowedAddress } from "@/components/use-followed-address";
import { type ProfileListView, profilesAddress, readProfileView } from "./profile-view.ts";

/**
 * What the list shows, and the address that says it. Told by the list, the address follows; gone to by a link or the way back, the list does.
 * `onGone` is called then.
 */
export function useViewOfAddress(onGone: () => void) {
  const asked = readProfileView(useSearchParams());
  const [view, setView] = useState(asked);
  const note = useFollowedAddress(profilesAddress(asked), () => {
    setView(asked);
    onGone();
  });
  const write = (next: ProfileListView) => {
    const address = profilesAddress(next);
    note(address);
    setView(next);
    // the address alone: the page is the same, and nothing of it is asked of the server again
    window.history.replaceState(null, "", address);
  };
  return [view, write] as const;
}
