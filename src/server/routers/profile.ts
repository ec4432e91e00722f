import { byId, done } from "@deskhand/shared/schemas/common";
import { identity } from "@deskhand/shared/schemas/identity";
import {
  configureProfilesInput,
  countProfilesInput,
  createdProfile,
  createProfileInput,
  deleteProfileInput,
  describeProfileInput,
  listProfilesInput,
  profileCount,
  profileDetail,
  profilePage,
  profileView,
  renameProfileInput,
  restoreProfileInput,
  seeNoticesInput,
  suggestIdentityInput,
} from "@deskhand/shared/schemas/profile";
import { orderProfileInput } from "@deskhand/shared/schemas/profile-order";
import { exportProfileInput, importProfileInput } from "@deskhand/shared/schemas/profile-transfer";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { createProfile } from "@/server/domain/profile/create-profile";
import { deleteProfile } from "@/server/domain/profile/delete-profile";
import { describeProfile } from "@/server/domain/profile/describe-profile";
import { exportProfile } from "@/server/domain/profile/export-profile";
import { importProfile } from "@/server/domain/profile/import-profile";
import { countProfiles, listProfiles } from "@/server/domain/profile/list-profiles";
import { orderProfile } from "@/server/domain/profile/order-profile";
import { getProfile } from "@/server/domain/profile/queries";
import { renameProfile } from "@/server/domain/profile/rename-profile";
import { restoreProfile } from "@/server/domain/profile/restore-profile";
import { seeNotices } from "@/server/domain/profile/see-notices";
import { suggestIdentity } from "@/server/domain/profile/suggest-identity";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const profileRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/profiles", tags, summary: "List profiles", protect: true } })
    .input(listProfilesInput)
    .output(profilePage)
    .query(({ ctx, input }) => listProfiles(ctx, input)),

  count: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/profiles/count", tags, summary: "Count the profiles that match", protect: true },
    })
    .input(countProfilesInput)
    .output(profileCount)
    .query(({ ctx, input }) => countProfiles(ctx, input)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/profiles/{id}", tags, summary: "Get a profile", protect: true } })
    .input(byId)
    .output(profileDetail)
    .query(({ ctx, input }) => getProfile(ctx, input)),

  create: procedure
    .meta({ policy: "profile.write", openapi: { method: "POST", path: "/profiles", tags, summary: "Create a profile", protect: true } })
    .input(createProfileInput)
    .output(createdProfile)
    .mutation(({ ctx, input }) => createProfile(ctx, input)),

  suggestIdentity: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/suggest-identity", tags, summary: "Make up a device for a profile", protect: true },
    })
    .input(suggestIdentityInput)
    .output(identity)
    .mutation(({ ctx, input }) => suggestIdentity(ctx, input)),

  rename: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "PATCH", path: "/profiles/{id}", tags, summary: "Rename a profile", protect: true },
    })
    .input(renameProfileInput)
    .output(profileView)
    .mutation(({ ctx, input }) => renameProfile(ctx, input)),

  describe: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{id}/describe",
        tags,
        summary: "Change a profile's notes, tags and group",
        protect: true,
      },
    })
    .input(describeProfileInput)
    .output(profileView)
    .mutation(({ ctx, input }) => describeProfile(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "DELETE", path: "/profiles/{id}", tags, summary: "Delete a profile and its state on the runner", protect: true },
    })
    .input(deleteProfileInput)
    .output(done)
    .mutation(({ ctx, input }) => deleteProfile(ctx, input)),

  seeNotices: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/{id}/seen", tags, summary: "Say that a profile's notices were seen", protect: true },
    })
    .input(seeNoticesInput)
    .output(profileView)
    .mutation(({ ctx, input }) => seeNotices(ctx, input)),

  restore: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{id}/restore",
        tags,
        summary: "Bring a deleted profile back, within 30 days",
        protect: true,
      },
    })
    .input(restoreProfileInput)
    .output(profileView)
    .mutation(({ ctx, input }) => restoreProfile(ctx, input)),

  configure: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/configure", tags, summary: "Change what profiles of a runner are like", protect: true },
    })
    .input(configureProfilesInput)
    .output(done)
    .mutation(({ ctx, input }) => configureProfiles(ctx, input)),

  order: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{id}/orders",
        tags,
        summary: "Have a runner open, close, move or restore a profile",
        protect: true,
      },
    })
    .input(orderProfileInput)
    .output(byId)
    .mutation(({ ctx, input }) => orderProfile(ctx, input)),

  import: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{id}/import",
        tags,
        summary: "Have a runner take a sealed file into a profile",
        protect: true,
      },
    })
    .input(importProfileInput)
    .output(byId)
    .mutation(({ ctx, input }) => importProfile(ctx, input)),

  export: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/{id}/export", tags, summary: "Have a runner export a profile, sealed", protect: true },
    })
    .input(exportProfileInput)
    .output(byId)
    .mutation(({ ctx, input }) => exportProfile(ctx, input)),
});
