import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { taskPayloads } from "@deskhand/shared/protocol/tasks";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

const handlers: { [Kind in TaskKind]: () => Promise<TaskHandler<Kind>> } = {
  "profile.delete": async () => (await import("./delete-profile.ts")).deleteProfile,
  "profile.restore": async () => (await import("./restore-profile.ts")).restoreProfile,
  "proxy.configure": async () => (await import("./configure-proxies.ts")).configureProxies,
  "proxy.check": async () => (await import("./check-proxies.ts")).checkProxies,
  "profile.configure": async () => (await import("./configure-profiles.ts")).configureProfiles,
  "schedule.install": async () => (await import("./install-schedule.ts")).installSchedule,
  "schedule.pause": async () => (await import("./change-schedule.ts")).pauseSchedule,
  "schedule.remove": async () => (await import("./change-schedule.ts")).removeSchedule,
  "profile.clone": async () => (await import("./clone-profile.ts")).cloneProfile,
  "profiles.delete": async () => (await import("./many-profiles.ts")).deleteProfiles,
  "profiles.restore": async () => (await import("./many-profiles.ts")).restoreProfiles,
  "profile.move-out": async () => (await import("./move-profile.ts")).moveOut,
  "profile.move-in": async () => (await import("./move-profile.ts")).moveIn,
  "profile.claim": async () => (await import("./claim-profile.ts")).claimProfile,
  "profile.open": async () => (await import("./open-profile.ts")).openProfile,
  "profile.close": async () => (await import("./open-profile.ts")).closeProfile,
  "profiles.open": async () => (await import("./open-profile.ts")).openProfiles,
  "profiles.close": async () => (await import("./open-profile.ts")).closeProfiles,
  "profile.convert": async () => (await import("./convert-profile.ts")).convertProfile,
  "profile.states": async () => (await import("./profile-states.ts")).listStates,
  "profile.restore-state": async () => (await import("./profile-states.ts")).restoreState,
  "profile.import": async () => (await import("./import-profile.ts")).importTask,
  "profile.export": async () => (await import("./export-profile.ts")).exportTask,
  "backup.run": async () => (await import("./run-backup.ts")).runBackup,
  "run.hold": async () => (await import("./hold-run.ts")).holdRun,
  "backup.status": async () => (await import("./backup-status.ts")).backupStatus,
};

/** Reads what is asked and does it. @throws what its handler throws */
export async function carryOut(kind: TaskKind, payload: unknown, context: TaskContext): Promise<TaskEnd> {
  const parsed = taskPayloads[kind].safeParse(payload);
  if (!parsed.success) return { state: "failed", failureCode: "TASK_INVALID" };
  const handle = (await handlers[kind]()) as (payload: unknown, context: TaskContext) => Promise<TaskEnd> | TaskEnd;
  return handle(parsed.data, context);
}
