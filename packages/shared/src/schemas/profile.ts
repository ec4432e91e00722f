import * as z from "zod";
import { taskPayloads } from "../protocol/tasks.ts";
import { id, inProject, instant, name, pageInput, pageOf } from "./common.ts";
import { identityLanguages, identityOs, identityTimeZone } from "./identity.ts";
import { signedManifest } from "./manifest.ts";
import { profileFilter, profileNotes, profileSort, profileState, profileTags, sortDirection } from "./profile-filter.ts";
import { profileNotice } from "./profile-notice.ts";
import { profileEngine, profileSettings } from "./profile-settings.ts";

/** Of a device that is made up; what is left out is the runner's computer's system, English, and the server's time zone. */
export const deviceWish = z.object({
  os: identityOs.optional(),
  languages: identityLanguages.optional(),
  timeZone: identityTimeZone.optional(),
  /** The same seed with the same wishes is the same device. */
  seed: z.string().min(1).max(100).optional(),
});
export const createProfileInput = inProject.extend({ name, runnerId: id, device: deviceWish.optional() });
export const suggestIdentityInput = z.object({ runnerId: id, device: deviceWish.default({}) });
export const renameProfileInput = z.object({ id, name });
/** `signedManifest`: a `delete-profile` manifest; a runner that demands signatures does nothing without. */
export const deleteProfileInput = z.object({ id, signedManifest: signedManifest.optional() });
/** `signedManifest`: an `order` manifest over a `profile.restore`. */
export const restoreProfileInput = z.object({ id, signedManifest: signedManifest.optional() });
/** `signedManifest`: an `order` manifest over a `profile.configure` with these profiles. */
export const configureProfilesInput = inProject.extend({
  runnerId: id,
  profiles: taskPayloads["profile.configure"].shape.profiles,
  signedManifest: signedManifest.optional(),
});
/** `offset` instead of a cursor shows any part of a long list at once; `which: deleted` lists those that can be brought back. */
export const listProfilesInput = inProject.extend({
  ...pageInput.shape,
  cursor: z.string().max(800).optional(),
  ...profileFilter.shape,
  sort: profileSort.default("created"),
  direction: sortDirection.default("desc"),
  offset: z.coerce.number().int().min(0).max(1_000_000).optional(),
  which: z.enum(["present", "deleted"]).default("present"),
});
export const countProfilesInput = inProject.extend({ ...profileFilter.shape, which: z.enum(["present", "deleted"]).default("present") });
export const profileCount = z.object({ count: z.number().int() });
/** What is absent stays as it is. */
export const describeProfileInput = z.object({
  id,
  notes: profileNotes.optional(),
  tags: profileTags.optional(),
  /** Null for no group. */
  groupId: id.nullable().optional(),
});

/** `until`: when the last one that was seen was noted. */
export const seeNoticesInput = z.object({ id, until: instant });

/** Who uses a profile now, as its runner said last. */
export const profileHolderView = z.object({ kind: z.enum(["run", "window", "connect", "session", "task"]), id, since: instant });

/** By which of the project's proxies or pools a profile reaches the network: their names, in the order of a chain; none when directly. */
export const profileNetworkView = z.object({ kind: z.enum(["none", "proxy", "chain", "pool"]), names: z.array(z.string()) });

export const profileView = z.object({
  id,
  projectId: id,
  name: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  groupId: id.nullable(),
  groupName: z.string().nullable(),
  engine: profileEngine,
  network: profileNetworkView.default({ kind: "none", names: [] }),
  /** Of its settings: what people made it, and what its runner has. */
  revision: z.number().int(),
  appliedRevision: z.number().int(),
  holder: profileHolderView.nullable(),
  /** Its session is kept, and out of memory since then; null when it has none that is. */
  hibernatingSince: instant.nullable(),
  /** What is to be known of its state, as its runner said. */
  stateFlags: z.array(z.string()),
  /** What people have to know of it until somebody has seen it, oldest first. */
  notices: z.array(profileNotice).default([]),
  runnerId: id,
  runnerName: z.string(),
  runnerOnline: z.boolean(),
  /** Its move to another runner, while it is under way. */
  moveId: id.nullable().default(null),
  state: profileState,
  activeRunId: id.nullable(),
  stateSavedAt: instant.nullable(),
  stateBytes: z.number().int().nullable(),
  lastRunId: id.nullable(),
  lastRunState: z.string().nullable(),
  lastRunAt: instant.nullable(),
  /** Until when a deleted one can be brought back; null for one that is not deleted. */
  purgeAt: instant.nullable(),
  createdAt: instant,
});
export type ProfileView = z.infer<typeof profileView>;
export const profilePage = pageOf(profileView);

/**
 * What a profile is to be like on a runner that demands signatures: whoever made it signs it and sends it with `profile.configure`, as
 * revision 1. Absent where no signature is demanded: the runner was told.
 */
export const toSign = profileSettings.optional();
export const createdProfile = profileView.extend({ toSign });
export type CreatedProfile = z.infer<typeof createdProfile>;

/** With all that people made it like. */
export const profileDetail = profileView.extend({
  settings: profileSettings,
  /** Who asked for what uses it now; null when nothing does, and when nobody is known. */
  heldBy: z.object({ name: z.string(), isMe: z.boolean() }).nullable().default(null),
});
export type ProfileDetail = z.infer<typeof profileDetail>;
