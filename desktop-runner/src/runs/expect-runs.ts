import type { JournaledCommand } from "../journal/command-row.ts";
import type { Journal } from "../journal/journal.ts";
import type { TaskServices } from "../tasks/task.ts";
import type { ExpectedRun } from "../worker/messages.ts";

/** What must be known of the next runs to open their contexts ahead; nothing of what they do. */
export function expectRuns(
  { journal, services }: { journal: Journal; services: Pick<TaskServices, "profiles"> },
  next: readonly JournaledCommand[],
): ExpectedRun[] {
  return next.map(({ id, profileId }) => {
    const payload = journal.payload(id) as { recording?: { steps?: unknown } } | undefined;
    const steps = payload?.recording?.steps;
    return { settings: services.profiles.get(profileId).settings, steps: Array.isArray(steps) ? steps.slice(0, 2) : [] };
  });
}
