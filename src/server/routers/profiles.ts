import {
  bulkResult,
  cloneProfilesInput,
  createProfilesInput,
  deletedProfilesInput,
  deleteProfilesInput,
  editProfilesInput,
  findTargetsInput,
  madeProfiles,
  orderedProfiles,
  orderProfilesInput,
  targetList,
} from "@deskhand/shared/schemas/profile-bulk";
import { cloneProfiles } from "@/server/domain/profile/clone-profiles";
import { createProfiles } from "@/server/domain/profile/create-profiles";
import { deleteProfiles } from "@/server/domain/profile/delete-profiles";
import { editProfiles } from "@/server/domain/profile/edit-profiles";
import { findTargets } from "@/server/domain/profile/find-targets";
import { orderProfiles } from "@/server/domain/profile/order-profiles";
import { purgeProfiles } from "@/server/domain/profile/purge-profiles";
import { restoreProfiles } from "@/server/domain/profile/restore-profiles";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

/** What is done to many profiles in one call. */
export const profilesRouter = router({
  create: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/create", tags, summary: "Create many profiles, all or none", protect: true },
    })
    .input(createProfilesInput)
    .output(madeProfiles)
    .mutation(({ ctx, input }) => createProfiles(ctx, input)),

  clone: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/clone", tags, summary: "Copy profiles with what is saved of them", protect: true },
    })
    .input(cloneProfilesInput)
    .output(madeProfiles)
    .mutation(({ ctx, input }) => cloneProfiles(ctx, input)),

  edit: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/many/edit",
        tags,
        summary: "Change tags, notes and group of many profiles",
        protect: true,
      },
    })
    .input(editProfilesInput)
    .output(bulkResult)
    .mutation(({ ctx, input }) => editProfiles(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/many/delete",
        tags,
        summary: "Delete many profiles; they can be brought back for 30 days",
        protect: true,
      },
    })
    .input(deleteProfilesInput)
    .output(bulkResult)
    .mutation(({ ctx, input }) => deleteProfiles(ctx, input)),

  restore: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/restore", tags, summary: "Bring deleted profiles back", protect: true },
    })
    .input(deletedProfilesInput)
    .output(bulkResult)
    .mutation(({ ctx, input }) => restoreProfiles(ctx, input)),

  purge: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/purge", tags, summary: "End deleted profiles for good", protect: true },
    })
    .input(deletedProfilesInput)
    .output(bulkResult)
    .mutation(({ ctx, input }) => purgeProfiles(ctx, input)),

  open: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/many/open",
        tags,
        summary: "Start many profiles: open them without a window, or as hibernating where there is no memory",
        protect: true,
      },
    })
    .input(orderProfilesInput)
    .output(orderedProfiles)
    .mutation(({ ctx, input }) => orderProfiles(ctx, { ...input, order: "open" })),

  close: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/close", tags, summary: "Stop many profiles: save and close them", protect: true },
    })
    .input(orderProfilesInput)
    .output(orderedProfiles)
    .mutation(({ ctx, input }) => orderProfiles(ctx, { ...input, order: "close" })),

  // asks, but names so many that they need a body
  targets: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "POST",
        path: "/profiles/many/find",
        tags,
        summary: "Find profiles with what is needed to sign for them",
        protect: true,
      },
    })
    .input(findTargetsInput)
    .output(targetList)
    .mutation(({ ctx, input }) => findTargets(ctx, input)),
});
