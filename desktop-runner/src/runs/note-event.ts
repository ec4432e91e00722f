import type { WorkerRunEvent } from "../worker/messages.ts";
import { keepArtifact } from "./keep-artifact.ts";
import { noteProfile } from "./note-profile.ts";
import type { RunManagerOptions } from "./run-manager-options.ts";

/** What a run's event means besides the run's own course: for its log, its files, the policy's record, its profile and its proxy. */
export function noteEvent(
  options: RunManagerOptions,
  { runId, profileId }: { runId: string; profileId: string },
  event: WorkerRunEvent,
): void {
  if (event.kind === "log") options.onLogLine(runId, event);
  if (event.kind === "refused") {
    const { reason, count, fatal, at } = event;
    options.onRefusal({ runId, ...reason, count, fatal, at });
  }
  if (event.kind === "artifact") keepArtifact(options, runId, event);
  noteProfile(options.services.profiles, profileId, event);
  if (event.kind === "proxy-failed") options.services.proxies.noteFailed(runId, event.proxyId);
}
