import * as z from "zod";
import { moveOutFields } from "../protocol/tasks.ts";
import { id, inProject, instant, pageInput, pageOf } from "./common.ts";
import { signedManifest } from "./manifest.ts";
import { bulkResult, DELETED_KEPT_MS } from "./profile-bulk.ts";
import type { ProfileSettings } from "./profile-settings.ts";

/** Most moves that one call asks for. */
export const MOVES_PER_CALL = 100;

const { token, recipient, word } = moveOutFields;

/**
 * One profile's way to another runner. `id` is made by whoever asks and names the parcel too. Signed are, where the runners demand it, the
 * `order` over a `profile.move-out` for the runner that it leaves, over a `profile.move-in` for the one that it goes to, and over the
 * `profile.delete` with `keepMs` that ends it where it was.
 */
export const profileMoveOrder = z.object({
  id,
  profileId: id,
  token,
  /** The age recipient of the runner that it goes to. */
  recipient,
  /** The same word twice, sealed to each of the runners. */
  wordOut: word,
  wordIn: word,
  signedOut: signedManifest.optional(),
  signedIn: signedManifest.optional(),
  signedDelete: signedManifest.optional(),
});
export type ProfileMoveOrder = z.infer<typeof profileMoveOrder>;

type Unsigned = Omit<ProfileMoveOrder, "signedOut" | "signedIn" | "signedDelete">;

/** What is asked of both runners, which is what is signed. */
export function moveOrders({ id: parcelId, profileId, token, recipient, wordOut, wordIn }: Unsigned) {
  return {
    out: { profileId, parcelId, token, recipient, word: wordOut },
    in: { profileId, parcelId, token, word: wordIn },
    delete: { profileId, keepMs: DELETED_KEPT_MS },
  };
}

export const moveProfilesInput = inProject.extend({
  /** Where they go. */
  runnerId: id,
  moves: z.array(profileMoveOrder).min(1).max(MOVES_PER_CALL),
});

/**
 * Has a profile be another runner's that has a copy of it already, from a backup. Signed are, where they demand it, an `order` over a
 * `profile.claim` with the profile's settings and revision for that runner, and over the `profile.delete` with `keepMs` for the other.
 */
export const claimProfileInput = z.object({
  id,
  /** The runner that has the copy. */
  runnerId: id,
  signedClaim: signedManifest.optional(),
  signedDelete: signedManifest.optional(),
});

/** What is asked of both runners, which is what is signed. */
export function claimOrders({ id: profileId, revision, settings }: { id: string; revision: number; settings: ProfileSettings }) {
  return { claim: { profileId, revision, settings }, delete: { profileId, keepMs: DELETED_KEPT_MS } };
}

/** waiting: for others to be done · sending, taking: the file is being made, and read · moved, failed, cancelled: it is over. */
export const moveState = z.enum(["waiting", "sending", "taking", "moved", "failed", "cancelled"]);
export type MoveState = z.infer<typeof moveState>;

const named = z.object({ id, name: z.string() });

export const profileMoveView = z.object({
  id,
  profile: named,
  from: named,
  to: named,
  state: moveState,
  /** Why it stayed where it was. */
  failureCode: z.string().nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type ProfileMoveView = z.infer<typeof profileMoveView>;
export const profileMovePage = pageOf(profileMoveView);

/** What was begun, what was not, and the proxies whose passwords the new runner cannot open: they have to be entered again. */
export const movesBegun = bulkResult.extend({
  moves: z.array(named),
  proxiesToEnter: z.array(z.object({ id, name: z.string() })),
});
export type MovesBegun = z.infer<typeof movesBegun>;

/** `active`: those that are not over. */
export const listMovesInput = inProject.extend({
  ...pageInput.shape,
  state: z.enum([...moveState.options, "active"]).optional(),
  profileId: id.optional(),
});
