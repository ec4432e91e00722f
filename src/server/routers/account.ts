import { accountView, sessionList, signUpInput } from "@deskhand/shared/schemas/account";
import { byId, done } from "@deskhand/shared/schemas/common";
import { getAccount } from "@/server/domain/account/queries";
import { signUp } from "@/server/domain/account/sign-up";
import { listSessions } from "@/server/domain/session/queries";
import { revokeOtherSessions } from "@/server/domain/session/revoke-other-sessions";
import { revokeSession } from "@/server/domain/session/revoke-session";
import { procedure, router } from "./trpc.ts";

/** A person's own account. Not in REST: API keys act for a project and not for a person. */
export const accountRouter = router({
  signUp: procedure
    .meta({ policy: "public" })
    .input(signUpInput)
    .output(accountView)
    .mutation(({ ctx, input }) => signUp(ctx, input, ctx.ip)),

  me: procedure
    .meta({ policy: "account" })
    .output(accountView)
    .query(({ ctx }) => getAccount(ctx)),

  sessions: procedure
    .meta({ policy: "account" })
    .output(sessionList)
    .query(({ ctx }) => listSessions(ctx)),

  revokeSession: procedure
    .meta({ policy: "account" })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => revokeSession(ctx, input)),

  revokeOtherSessions: procedure
    .meta({ policy: "account" })
    .output(done)
    .mutation(({ ctx }) => revokeOtherSessions(ctx)),
});
