import { describeProfileFlag, isProfileFlag, type ProfileFlag } from "./profile-flags.ts";
import type { ProfileEngine } from "./profile-settings.ts";

/** What a profile may have in one engine and not in the other: what its flags tell, and what only a folder of its own holds. */
export type LeftBehind = ProfileFlag | "framed-storage" | "http-cache" | "extensions";

/**
 * What does not come along when a profile with these flags moves from one engine to the other; for the dialog before, and the same after.
 * Cookies always do, those too that a site has for itself in frames of another, and so do localStorage and databases of sites as such.
 */
export function whatStaysBehind(from: ProfileEngine, to: ProfileEngine, flags: readonly string[]): LeftBehind[] {
  // a folder can hold all that a context held; what a saved state could not hold was gone before
  if (from === to || to === "dedicated") return [];
  return [...flags.filter(isProfileFlag), "framed-storage", "http-cache", "extensions"];
}

export function isLeftBehind(kind: string): kind is LeftBehind {
  return isProfileFlag(kind) || kind === "framed-storage" || kind === "http-cache" || kind === "extensions";
}

/** As a line of its own. */
export function describeLeftBehind(kind: LeftBehind): string {
  if (kind === "framed-storage") return "What sites store in frames of other sites; their cookies come along";
  if (kind === "http-cache") return "The browser's cache of files, which fills again";
  if (kind === "extensions") return "Extensions, which the shared engine cannot have";
  const words = describeProfileFlag(kind);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Whether a profile has to be converted before its engine is changed: what a folder holds comes into a state only then. The other way, the
 * state is put into the folder when it is opened next.
 */
export function needsConversion(from: ProfileEngine, to: ProfileEngine): boolean {
  return from === "dedicated" && to === "shared";
}
