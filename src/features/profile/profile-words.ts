import type { StateFormat } from "@deskhand/shared/formats/profile-state";
import type { ProfileDetail, ProfileView } from "@deskhand/shared/schemas/profile";
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

/** {@link holderWords}, with whose it is where that is known. */
export function heldWords(kind: HolderKind, heldBy: ProfileDetail["heldBy"]): string {
  if (!heldBy) return holderWords(kind);
  const { name, isMe } = heldBy;
  switch (kind) {
    case "run":
      return isMe ? "You have it, with a run of yours" : `A run of ${name}`;
    case "window":
      return isMe ? "You have it, in the window that you opened" : `A window that ${name} opened`;
    case "session":
      return isMe ? "The session that you opened" : `A session that ${name} opened`;
    case "task":
      return `The runner itself, with what ${isMe ? "you" : name} asked for`;
    case "connect":
      return holderWords(kind);
  }
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
