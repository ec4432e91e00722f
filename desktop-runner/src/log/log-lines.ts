import type { RunChange } from "../runs/run-manager-options.ts";

/** A problem, by its code where it has one: messages of the system may name more than they should. */
export function problemLine(what: string, error: unknown): string {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  return `${what.slice(0, 1).toUpperCase()}${what.slice(1)} (${code ?? message ?? "unknown reason"}).`;
}

/** A run that begins or ends. */
export function runLine({ workflow, profile }: { workflow: string; profile: string }, change: RunChange): string {
  const run = `“${workflow || "A run"}”${profile ? ` on “${profile}”` : ""}`;
  if (change.state === "running") return `${run} began.`;
  return `${run} ${change.state === "cancelled" ? "was cancelled" : change.state}${change.code ? ` (${change.code})` : ""}.`;
}

/** How a backup, or looking through one, ended. */
export function backupLine(action: "run" | "verify" | "restore", failureCode: string | null): string {
  const what = { run: "The backup", verify: "Verifying the backup", restore: "Putting profiles back from the backup" }[action];
  return failureCode === null ? `${what} succeeded.` : `${what} failed: ${failureCode}.`;
}
