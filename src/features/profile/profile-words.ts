import type { StateFormat } from "@deskhand/shared/formats/profile-state";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { ProfileRequestView } from "@deskhand/shared/schemas/profile-request";

type HolderKind = NonNullable<ProfileView["holder"]>["kind"];

const holders: Record<HolderKind, string> = {
  run: "A run",
  window: "A window that somebody opened",
  connect: "A program that is connected to it",
  session: "An open session",
  task: "The runner itself",
};

/** Who uses a profile. */
export function holderWords(kind: HolderKind): string {
  return holders[kind];
}

const flags: Record<string, string> = {
  "crypto-key": "It holds keys that only the dedicated engine can keep: a site may ask to sign in again.",
  blob: "It holds files in its database that only the dedicated engine can keep.",
  "service-worker": "A site installed a service worker, which only the dedicated engine keeps between runs.",
  "cache-storage": "A site keeps a cache, which only the dedicated engine keeps between runs.",
  opfs: "A site keeps files of its own, which only the dedicated engine keeps between runs.",
  "proxy-mismatch": "Its proxy led out where its device is not at home, when that was looked at last. Sites may notice.",
};

/** What is to be known of a profile's state. */
export function flagWords(flag: string): string {
  return flags[flag] ?? `The runner says “${flag.replaceAll("-", " ")}”.`;
}

/** What became of a request, before the time when it was made. */
export function requestWords({ state, requestedBy, message }: Pick<ProfileRequestView, "state" | "requestedBy" | "message">): string {
  const ends: Record<ProfileRequestView["state"], string> = {
    waiting: "asks for it",
    granted: "asked and got it",
    refused: "asked and was refused",
    expired: "asked and got no answer",
    withdrawn: "asked and thought better of it",
    taken: "took it over",
  };
  return `${requestedBy} ${ends[state]}${message ? `: “${message}”` : ""},`;
}

/** Kinds of files that a profile comes and goes as. */
export const formatWords: Record<StateFormat | "bundle", string> = {
  bundle: "Sealed bundle (all of it)",
  "storage-state": "Playwright storage state",
  "cookies-txt": "cookies.txt",
  "cookies-json": "Cookies as JSON",
};
