import { done, inProject } from "@deskhand/shared/schemas/common";
import { forgetFilterInput, savedFilterList, savedFilterView, saveFilterInput } from "@deskhand/shared/schemas/profile-filter";
import { deleteFilter } from "@/server/domain/saved-filter/delete-filter";
import { listSavedFilters } from "@/server/domain/saved-filter/queries";
import { saveFilter } from "@/server/domain/saved-filter/save-filter";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const savedFilterRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/saved-filters", tags, summary: "List the filters of profiles that you keep", protect: true },
    })
    .input(inProject)
    .output(savedFilterList)
    .query(({ ctx, input }) => listSavedFilters(ctx, input)),

  save: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/saved-filters", tags, summary: "Keep a filter of profiles under a name", protect: true },
    })
    .input(saveFilterInput)
    .output(savedFilterView)
    .mutation(({ ctx, input }) => saveFilter(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/saved-filters/delete", tags, summary: "Forget a filter of profiles", protect: true },
    })
    .input(forgetFilterInput)
    .output(done)
    .mutation(({ ctx, input }) => deleteFilter(ctx, input)),
});
