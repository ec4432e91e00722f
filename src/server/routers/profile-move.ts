import { byId, done } from "@deskhand/shared/schemas/common";
import {
  claimProfileInput,
  listMovesInput,
  moveProfilesInput,
  movesBegun,
  profileMovePage,
  profileMoveView,
} from "@deskhand/shared/schemas/profile-move";
import { cancelMove } from "@/server/domain/profile-move/cancel-move";
import { claimProfile } from "@/server/domain/profile-move/claim-profile";
import { moveProfiles } from "@/server/domain/profile-move/move-profiles";
import { getMove, listMoves } from "@/server/domain/profile-move/queries";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const profileMoveRouter = router({
  begin: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/many/move", tags, summary: "Move profiles to another runner", protect: true },
    })
    .input(moveProfilesInput)
    .output(movesBegun)
    .mutation(({ ctx, input }) => moveProfiles(ctx, input)),

  claim: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{id}/claim",
        tags,
        summary: "Have a profile be the runner's that has a copy of it from a backup",
        protect: true,
      },
    })
    .input(claimProfileInput)
    .output(profileMoveView)
    .mutation(({ ctx, input }) => claimProfile(ctx, input)),

  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/profile-moves", tags, summary: "List moves of profiles, newest first", protect: true },
    })
    .input(listMovesInput)
    .output(profileMovePage)
    .query(({ ctx, input }) => listMoves(ctx, input)),

  get: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/profile-moves/{id}", tags, summary: "Get what became of a move", protect: true },
    })
    .input(byId)
    .output(profileMoveView)
    .query(({ ctx, input }) => getMove(ctx, input)),

  cancel: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profile-moves/{id}/cancel", tags, summary: "Give a move up", protect: true },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => cancelMove(ctx, input)),
});
