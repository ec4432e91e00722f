import { accountRouter } from "./account.ts";
import { adminRouter } from "./admin.ts";
import { alertRouter } from "./alert.ts";
import { apiKeyRouter } from "./api-key.ts";
import { deploymentRouter } from "./deployment.ts";
import { liveRouter } from "./live.ts";
import { profileRouter } from "./profile.ts";
import { projectRouter } from "./project.ts";
import { runRouter } from "./run.ts";
import { runnerRouter } from "./runner.ts";
import { signingKeyRouter } from "./signing-key.ts";
import { router } from "./trpc.ts";
import { webhookRouter } from "./webhook.ts";
import { workflowRouter } from "./workflow.ts";

export const appRouter = router({
  account: accountRouter,
  project: projectRouter,
  apiKey: apiKeyRouter,
  signingKey: signingKeyRouter,
  runner: runnerRouter,
  profile: profileRouter,
  workflow: workflowRouter,
  deployment: deploymentRouter,
  run: runRouter,
  live: liveRouter,
  alert: alertRouter,
  webhook: webhookRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;
