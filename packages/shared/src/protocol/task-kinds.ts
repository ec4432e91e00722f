/** What a runner is asked to do besides runs. Their payloads are in tasks.ts, which is loaded when one is read or written. */
export const taskKinds = [
  "profile.delete",
  "profile.restore",
  "profile.configure",
  "profile.import",
  "profile.export",
  "schedule.install",
  "schedule.pause",
  "schedule.remove",
  "proxy.configure",
  "proxy.check",
  "profile.clone",
  "profiles.delete",
  "profiles.restore",
  "profile.move-out",
  "profile.move-in",
  "profile.claim",
  "profile.open",
  "profile.close",
  "profiles.open",
  "profiles.close",
  "profile.convert",
  "profile.states",
  "profile.restore-state",
  "backup.run",
  "backup.status",
  "run.hold",
] as const;
export type TaskKind = (typeof taskKinds)[number];

export function isTaskKind(kind: string): kind is TaskKind {
  return (taskKinds as readonly string[]).includes(kind);
}
