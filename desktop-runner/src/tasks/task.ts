import type { TaskResult } from "@deskhand/shared/protocol/commands";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { BackupHost } from "../backup/host/backup-host.ts";
import type { ConnectHost } from "../connect/connect-host.ts";
import type { RunHolds } from "../holds/run-holds.ts";
import type { RunnerHome } from "../identity/home.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { ProfileSessions } from "../profiles/profile-sessions.ts";
import type { ProfileTable } from "../profiles/profile-table.ts";
import type { ProxyDesk } from "../proxies/proxy-desk.ts";
import type { ScheduleTable } from "../schedules/schedule-table.ts";

/** How a task ended. A code is one of the closed lists, for people to read; a failure may have found something too. */
export type TaskEnd = { state: "succeeded"; result?: TaskResult } | { state: "failed"; failureCode: string; result?: TaskResult };

/** What tasks are carried out with. */
export type TaskServices = {
  home: RunnerHome;
  profiles: ProfileTable;
  schedules: { readonly table: ScheduleTable; look(): void };
  sessions: Pick<ProfileSessions, "open" | "start" | "close" | "hibernate" | "givesWay" | "convert">;
  connections: Pick<ConnectHost, "close">;
  proxies: ProxyDesk;
  /** What may be reached, now. */
  network(): NetworkPolicy;
  holds: Pick<RunHolds, "begin">;
  backups: Pick<BackupHost, "run" | "facts">;
  unseal(armored: string): Promise<string>;
  /** Milliseconds since the epoch. */
  clock(): number;
};

export type TaskContext = TaskServices & {
  commandId: string;
  /** Aborted when somebody cancels it, and when the runner stops. */
  signal: AbortSignal;
};

/**
 * Carries out one kind of task. It may be done twice, and a throw is a failure INTERNAL, or RUNNER_DISK_FULL
 * where there is no room; whether it may be done at all has been decided.
 * Loaded when the first one of its kind comes.
 */
export type TaskHandler<Kind extends TaskKind> = (payload: TaskPayload<Kind>, context: TaskContext) => Promise<TaskEnd> | TaskEnd;
