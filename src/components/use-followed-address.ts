import { useEffect } from "react";

type Followed = {
  /** What the router says that the address asks for. */
  asked: string;
  /** What the page shows. */
  shown: string;
  /** What an address asks for. */
  read: (search: URLSearchParams) => string;
  /** A link or the way back has changed the address. */
  onGone: () => void;
};

/** Follows an address that the page writes itself while somebody types, and which links and the way back change. */
export function useFollowedAddress({ asked, shown, read, onGone }: Followed): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest is made anew by each render
  useEffect(() => {
    // the router is behind what the page writes: what is not in the window any more is old
    const isNow = asked === read(new URLSearchParams(window.location.search));
    if (isNow && asked !== shown) onGone();
  }, [asked]);
}
