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
  useFollowedAddress({
    asked: profilesAddress(asked),
    shown: profilesAddress(view),
    read: (search) => profilesAddress(readProfileView(search)),
    onGone: () => {
      setView(asked);
      onGone();
    },
  });
  const write = (next: ProfileListView) => {
    setView(next);
    // the address alone: the page is the same, and nothing of it is asked of the server again
    window.history.replaceState(null, "", profilesAddress(next));
  };
  return [view, write] as const;
}
