import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useFollowedAddress } from "./use-followed-address.ts";

/** A text that the address keeps under this name, so that a page is found again as it was; empty when it says nothing. */
export function useAddressState(name: string): [string, (next: string) => void] {
  const read = (search: { get(name: string): string | null }) => search.get(name) ?? "";
  const asked = read(useSearchParams());
  const [shown, setShown] = useState(asked);
  useFollowedAddress({ asked, shown, read, onGone: () => setShown(asked) });
  const write = (next: string) => {
    setShown(next);
    const address = new URL(window.location.href);
    if (next) address.searchParams.set(name, next);
    else address.searchParams.delete(name);
    window.history.replaceState(null, "", address);
  };
  return [shown, write];
}
