import { done } from "@deskhand/shared/schemas/common";
import {
  answerRequestInput,
  askForProfileInput,
  listRequestsInput,
  profileRequestList,
  takeProfileInput,
  withdrawRequestInput,
} from "@deskhand/shared/schemas/profile-request";
import { answerRequest } from "@/server/domain/profile-request/answer-request";
import { askForProfile } from "@/server/domain/profile-request/ask-for-profile";
import { listRequests } from "@/server/domain/profile-request/queries";
import { takeProfile } from "@/server/domain/profile-request/take-profile";
import { withdrawRequest } from "@/server/domain/profile-request/withdraw-request";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Profiles"];

export const profileRequestRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/profile-requests", tags, summary: "List who asks for profiles that are in use", protect: true },
    })
    .input(listRequestsInput)
    .output(profileRequestList)
    .query(({ ctx, input }) => listRequests(ctx, input)),

  ask: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/profiles/{profileId}/ask",
        tags,
        summary: "Ask whoever uses a profile to hand it over",
        protect: true,
      },
    })
    .input(askForProfileInput)
    .output(done)
    .mutation(({ ctx, input }) => askForProfile(ctx, { ...input, publicUrl: serverProcess().env.PUBLIC_URL })),

  withdraw: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profiles/{profileId}/withdraw", tags, summary: "Ask for a profile no longer", protect: true },
    })
    .input(withdrawRequestInput)
    .output(done)
    .mutation(({ ctx, input }) => withdrawRequest(ctx, input)),

  answer: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/profile-requests/{id}/answer", tags, summary: "Hand a profile over, or refuse to", protect: true },
    })
    .input(answerRequestInput)
    .output(done)
    .mutation(({ ctx, input }) => answerRequest(ctx, input)),

  take: procedure
    .meta({
      policy: "runner.manage",
      openapi: {
        method: "POST",
        path: "/profiles/{profileId}/take",
        tags,
        summary: "End what holds a profile, with a reason that is kept",
        protect: true,
      },
    })
    .input(takeProfileInput)
    .output(done)
    .mutation(({ ctx, input }) => takeProfile(ctx, input)),
});
