import { relayFigures, relayFiguresInput } from "@deskhand/shared/schemas/relay-figures";
import { getRelayFigures } from "@/server/domain/sample/queries";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

/** For the installation's operators. Not in REST: API keys act for a project. */
export const adminRouter = router({
  relay: procedure
    .meta({ policy: "operator" })
    .input(relayFiguresInput)
    .output(relayFigures)
    .query(({ ctx, input }) => getRelayFigures(ctx, input, { emailReady: Boolean(serverProcess().env.SMTP_URL) })),
});
