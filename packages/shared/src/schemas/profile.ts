import * as z from "zod";
import { id, inProject, instant, name, pageInput, pageOf } from "./common.ts";
import { signedManifest } from "./manifest.ts";

export const createProfileInput = inProject.extend({ name, runnerId: id });
export const renameProfileInput = z.object({ id, name });
/** `signedManifest`: a `delete-profile` manifest; a runner that demands signatures does nothing without. */
export const deleteProfileInput = z.object({ id, signedManifest: signedManifest.optional() });
export const listProfilesInput = inProject.extend({ ...pageInput.shape, runnerId: id.optional(), search: z.string().max(80).optional() });

/** `new` was never used, `saved` has state on its runner, `in-use` has a run on it now. */
export const profileState = z.enum(["new", "saved", "in-use"]);

export const profileView = z.object({
  id,
  projectId: id,
  name: z.string(),
  runnerId: id,
  runnerName: z.string(),
  runnerOnline: z.boolean(),
  state: profileState,
  activeRunId: id.nullable(),
  stateSavedAt: instant.nullable(),
  stateBytes: z.number().int().nullable(),
  lastRunId: id.nullable(),
  lastRunState: z.string().nullable(),
  createdAt: instant,
});
export type ProfileView = z.infer<typeof profileView>;
export const profilePage = pageOf(profileView);
