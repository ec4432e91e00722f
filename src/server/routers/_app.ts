import { accountRouter } from "./account.ts";
import { adminRouter } from "./admin.ts";
import { alertRouter } from "./alert.ts";
import { apiKeyRouter } from "./api-key.ts";
import { backupRouter } from "./backup.ts";
import { deploymentRouter } from "./deployment.ts";
import { liveRouter } from "./live.ts";
import { parcelRouter } from "./parcel.ts";
import { profileRouter } from "./profile.ts";
import { profileGroupRouter } from "./profile-group.ts";
import { profileMoveRouter } from "./profile-move.ts";
import { profileRequestRouter } from "./profile-request.ts";
import { profilesRouter } from "./profiles.ts";
import { projectRouter } from "./project.ts";
import { proxyRouter } from "./proxy.ts";
import { runRouter } from "./run.ts";
import { runnerRouter } from "./runner.ts";
import { savedFilterRouter } from "./saved-filter.ts";
import { signingKeyRouter } from "./signing-key.ts";
import { taskRouter } from "./task.ts";
import { triggerRouter } from "./trigger.ts";
import { router } from "./trpc.ts";
import { webhookRouter } from "./webhook.ts";
import { workflowRouter } from "./workflow.ts";

export const appRouter = router({
  account: accountRouter,
  project: projectRouter,
  apiKey: apiKeyRouter,
  signingKey: signingKeyRouter,
  runner: runnerRouter,
  backup: backupRouter,
  profile: profileRouter,
  proxy: proxyRouter,
  profiles: profilesRouter,
  profileGroup: profileGroupRouter,
  profileMove: profileMoveRouter,
  profileRequest: profileRequestRouter,
  savedFilter: savedFilterRouter,
  parcel: parcelRouter,
  task: taskRouter,
  workflow: workflowRouter,
  deployment: deploymentRouter,
  run: runRouter,
  live: liveRouter,
  alert: alertRouter,
  webhook: webhookRouter,
  trigger: triggerRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;
