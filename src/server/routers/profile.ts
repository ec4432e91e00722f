import { byId, done } from "@deskhand/shared/schemas/common";
import {
  createProfileInput,
  deleteProfileInput,
  listProfilesInput,
  profilePage,
  profileView,
  renameProfileInput,
} from "@deskhand/shared/schemas/profile";
import { createProfile } from "@/server/domain/profile/create-profile";
import { deleteProfile } from "@/server/domain/profile/delete-profile";
import { getProfile, listProfiles } from "@/server/domain/profile/queries";
import { renameProfile } from "@/server/domain/profile/rename-profile";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const profileRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/profiles", tags, summary: "List profiles", protect: true } })
    .input(listProfilesInput)
    .output(profilePage)
    .query(({ ctx, input }) => listProfiles(ctx, input)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/profiles/{id}", tags, summary: "Get a profile", protect: true } })
    .input(byId)
    .output(profileView)
    .query(({ ctx, input }) => getProfile(ctx, input)),

  create: procedure
    .meta({ policy: "profile.write", openapi: { method: "POST", path: "/profiles", tags, summary: "Create a profile", protect: true } })
    .input(createProfileInput)
    .output(profileView)
    .mutation(({ ctx, input }) => createProfile(ctx, input)),

  rename: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "PATCH", path: "/profiles/{id}", tags, summary: "Rename a profile", protect: true },
    })
    .input(renameProfileInput)
    .output(profileView)
    .mutation(({ ctx, input }) => renameProfile(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "DELETE", path: "/profiles/{id}", tags, summary: "Delete a profile and its state on the runner", protect: true },
    })
    .input(deleteProfileInput)
    .output(done)
    .mutation(({ ctx, input }) => deleteProfile(ctx, input)),
});
