import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useFollowedAddress } from "./use-followed-address.ts";

/** A text that the address keeps under this name, so that a page is found again as it was; empty when it says nothing. */
export function useAddressState(name: string): [string, (next: string) => void] {
  const asked = useSearchParams().get(name) ?? "";
  const [value, setValue] = useState(asked);
  const note = useFollowedAddress(asked, () => setValue(asked));
  const write = (next: string) => {
    note(next);
    setValue(next);
    const address = new URL(window.location.href);
    if (next) address.searchParams.set(name, next);
    else address.searchParams.delete(name);
    window.history.replaceState(null, "", address);
  };
  return [value, write];
}
