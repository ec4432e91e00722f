import * as z from "zod";
import { id, inProject, name } from "./common.ts";
import { identity } from "./identity.ts";
import { signedManifest } from "./manifest.ts";
import { deviceWish, toSign } from "./profile.ts";
import { profileFilter, profileNotes, profileTags } from "./profile-filter.ts";
import { profileSettings } from "./profile-settings.ts";
import { proxySetting } from "./proxy-setting.ts";

/** Most profiles that one call names. */
export const PROFILES_AT_ONCE = 1000;
/** How long a deleted profile can be brought back, in milliseconds: 30 days. */
export const DELETED_KEPT_MS = 30 * 24 * 60 * 60_000;
const ids = z.array(id).min(1, "Choose at least one profile.").max(PROFILES_AT_ONCE, "At most 1,000 profiles at once.");

/** Which profiles: those with these ids, or all that match a filter. */
const target = { ids: ids.optional(), filter: profileFilter.optional() };
const isTarget = ({ ids, filter }: { ids?: unknown; filter?: unknown }) => (ids === undefined) !== (filter === undefined);
const oneTarget = { error: "Give either ids or a filter.", path: ["ids"] };

/** A profile to which something was not done, with why. One that is not there and never was has its id for its name. */
export const refusedProfile = z.object({ id, name: z.string(), code: z.string() });
export type RefusedProfile = z.infer<typeof refusedProfile>;

export const createProfilesInput = inProject.extend({
  runnerId: id,
  count: z.number().int().min(1).max(PROFILES_AT_ONCE, "At most 1,000 profiles at once."),
  /** `{n}` stands for the number, `{n:03}` for one of at least three digits. */
  pattern: name,
  start: z.number().int().min(0).max(1_000_000).default(1),
  groupId: id.optional(),
  tags: profileTags.default([]),
  /** Each gets a device of its own, of these kinds. */
  device: deviceWish.omit({ seed: true }).optional(),
  proxy: proxySetting.optional(),
});

/** What is absent stays as it is. */
export const editProfilesInput = inProject
  .extend({
    ...target,
    addTags: profileTags.default([]),
    removeTags: profileTags.default([]),
    /** Null for no group. */
    groupId: id.nullable().optional(),
    notes: profileNotes.optional(),
  })
  .refine(isTarget, oneTarget);

/** `signedManifest`: an `order` manifest over a `profiles.delete` of these ids, at most 100 of one runner; then it is all or none. */
export const deleteProfilesInput = inProject.extend({ ...target, signedManifest: signedManifest.optional() }).refine(isTarget, oneTarget);

/** As for deleting; `signedManifest` is over a `profiles.open` or a `profiles.close`. */
export const orderProfilesInput = inProject.extend({ ...target, signedManifest: signedManifest.optional() }).refine(isTarget, oneTarget);
/** What was asked of the runners: each task tells what became of its profiles. */
export const orderedProfiles = z.object({
  tasks: z.array(z.object({ id, runnerId: id, profiles: z.number().int() })),
  refused: z.array(refusedProfile),
});

/** As for deleting; `signedManifest` is over a `profiles.restore`, or a `profiles.delete` without time for a purge. */
export const deletedProfilesInput = inProject.extend({ ids, signedManifest: signedManifest.optional() });

/**
 * `id` and `identity` name the copy and its device beforehand, which what is signed needs; `signedManifest`: an `order` over the
 * `profile.clone` of one profile.
 */
export const cloneProfilesInput = inProject.extend({
  copies: z
    .array(z.object({ from: id, id: id.optional(), identity: identity.optional() }))
    .min(1)
    .max(PROFILES_AT_ONCE),
  /** The copies show themselves as the same device as what they are made of; else each as one of its own. */
  keepIdentity: z.boolean().default(false),
  signedManifest: signedManifest.optional(),
});

/** What became of each: how many it was done to, and which not, with why. */
export const bulkResult = z.object({
  done: z.number().int(),
  /** At most 1,000. */
  refused: z.array(refusedProfile),
});
export type BulkResult = z.infer<typeof bulkResult>;

export const madeProfiles = z.object({ items: z.array(z.object({ id, name: z.string(), toSign })) });

/**
 * Who they are: what is needed to sign for them, at most 1,000 in the order of their ids. `tellGone`: those of the ids that are not there
 * are told; else they are an error.
 */
export const findTargetsInput = inProject
  .extend({ ...target, deleted: z.boolean().default(false), after: id.optional(), tellGone: z.boolean().optional() })
  .refine(isTarget, oneTarget);
export const targetList = z.object({
  items: z.array(
    z.object({
      id,
      name: z.string(),
      runnerId: id,
      revision: z.number().int(),
      settings: profileSettings,
      /** A run on it waits or is under way, or somebody uses it. */
      inUse: z.boolean(),
      /** A schedule or trigger may run on it. Absent from older servers. */
      scheduled: z.boolean().default(false),
    }),
  ),
  /** Give it as `after` for more. */
  next: id.nullable(),
  /** Only where they were asked for. */
  gone: z.array(refusedProfile).default([]),
});
export type ProfileTarget = z.infer<typeof targetList>["items"][number];
