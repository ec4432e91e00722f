import { byId, done, inProject } from "@deskhand/shared/schemas/common";
import { createGroupInput, profileGroupView, profileSummary, renameGroupInput } from "@deskhand/shared/schemas/profile-group";
import { createGroup } from "@/server/domain/profile-group/create-group";
import { deleteGroup } from "@/server/domain/profile-group/delete-group";
import { summarizeProfiles } from "@/server/domain/profile-group/queries";
import { renameGroup } from "@/server/domain/profile-group/rename-group";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const profileGroupRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/profile-groups",
        tags,
        summary: "List the groups and tags of the profiles, with their sizes",
        protect: true,
      },
    })
    .input(inProject)
    .output(profileSummary)
    .query(({ ctx, input }) => summarizeProfiles(ctx, input)),

  create: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profile-groups", tags, summary: "Create a group of profiles", protect: true },
    })
    .input(createGroupInput)
    .output(profileGroupView)
    .mutation(({ ctx, input }) => createGroup(ctx, input)),

  rename: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "PATCH", path: "/profile-groups/{id}", tags, summary: "Rename a group of profiles", protect: true },
    })
    .input(renameGroupInput)
    .output(done)
    .mutation(({ ctx, input }) => renameGroup(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "DELETE", path: "/profile-groups/{id}", tags, summary: "End a group; its profiles stay", protect: true },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => deleteGroup(ctx, input)),
});
