import * as z from "zod";
import { id, instant, name } from "./common.ts";
import { profileEngine } from "./profile-settings.ts";

/** One word or a few by which people find profiles again. A comma separates tags where they stand in one text. */
export const profileTag = z
  .string()
  .trim()
  .min(1)
  .max(40, "At most 40 characters.")
  .regex(/^[^\p{Cc},]*$/u, "No commas and no control characters.");

/** Most tags of one profile. */
export const TAGS_AT_MOST = 20;
const unique = (tags: string[]) => [...new Set(tags)];
export const profileTags = z.array(profileTag).max(TAGS_AT_MOST, "At most 20 tags.").transform(unique);

export const profileNotes = z.string().max(4000, "At most 4,000 characters.");

/**
 * `new` was never used, `saved` has state on its runner, `in-use` has somebody who uses it now; one that hibernates is kept open for somebody,
 * and is in no memory until it is used.
 */
export const profileState = z.enum(["new", "saved", "in-use", "hibernating"]);
export type ProfileState = z.infer<typeof profileState>;

/** What a list of profiles is narrowed down by. Everything that is there must hold. */
export const profileFilter = z.object({
  /** A part of the name, the notes or a tag; of several words each must be found. */
  search: z.string().max(80).optional(),
  runnerId: id.optional(),
  /** `none` for profiles in no group. */
  groupId: z.union([id, z.literal("none")]).optional(),
  /** In an address a text, with commas between them. */
  tags: z
    .union([z.array(profileTag), z.string().max(1000)])
    .transform((tags) => (typeof tags === "string" ? tags.split(",").map((tag) => tag.trim()) : tags).filter((tag) => tag !== ""))
    .optional(),
  /** Whether one of the tags is enough. */
  tagMode: z.enum(["all", "any"]).optional(),
  state: profileState.optional(),
  engine: profileEngine.optional(),
  /** The id of a proxy that it has, by itself or in a chain, or of its pool; `none` for those that reach the network directly. */
  through: z.union([id, z.literal("none")]).optional(),
  /** Those of whose state there is something to know, or nothing. */
  flags: z.enum(["some", "none"]).optional(),
});
export type ProfileFilter = z.output<typeof profileFilter>;

export const profileSort = z.enum(["created", "name", "saved", "size", "run"]);
export type ProfileSort = z.infer<typeof profileSort>;
export const sortDirection = z.enum(["asc", "desc"]);

/** The filter as it is kept: as the body of a call has it. */
export const keptFilter = z.object({
  filter: profileFilter,
  sort: profileSort.default("created"),
  direction: sortDirection.default("desc"),
});

export const savedFilterView = z.object({
  id,
  name: z.string(),
  ...keptFilter.shape,
  // as it comes out, for the document of the API
  filter: profileFilter.extend({ tags: z.array(z.string()).optional() }),
  createdAt: instant,
});
export type SavedFilterView = z.output<typeof savedFilterView>;
export const savedFilterList = z.object({ items: z.array(savedFilterView) });
export const saveFilterInput = z.object({ projectId: id.optional(), name, ...keptFilter.shape });
export const forgetFilterInput = z.object({ projectId: id.optional(), name });
