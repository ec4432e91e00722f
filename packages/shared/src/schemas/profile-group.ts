import * as z from "zod";
import { id, inProject, instant, name } from "./common.ts";

export const createGroupInput = inProject.extend({ name });
export const renameGroupInput = z.object({ id, name });

export const profileGroupView = z.object({ id, projectId: id, name: z.string(), profiles: z.number().int(), createdAt: instant });
export type ProfileGroupView = z.infer<typeof profileGroupView>;

/** How the profiles of a project are spread, for the lists from which people choose. */
export const profileSummary = z.object({
  total: z.number().int(),
  /** By name. */
  groups: z.array(profileGroupView),
  ungrouped: z.number().int(),
  /** The most frequent first, at most 200. */
  tags: z.array(z.object({ tag: z.string(), profiles: z.number().int() })),
  deleted: z.number().int(),
});
export type ProfileSummary = z.infer<typeof profileSummary>;
