import type { RunView } from "@deskhand/shared/schemas/run";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { shownState } from "./run-words.ts";

export const stateLabels: Record<ReturnType<typeof shownState>, { label: string; tone: Tone }> = {
  queued: { label: "Queued", tone: "idle" },
  leased: { label: "Starting", tone: "busy" },
  accepted: { label: "Starting", tone: "busy" },
  running: { label: "Running", tone: "busy" },
  waiting: { label: "Waits for a person", tone: "wait" },
  cancelling: { label: "Cancelling", tone: "wait" },
  succeeded: { label: "Succeeded", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "idle" },
  expired: { label: "Expired", tone: "bad" },
};

/** What a run is in, as one word. */
export function RunBadge({ run }: { run: Pick<RunView, "state" | "cancelRequestedAt" | "waiting"> }) {
  const { label, tone } = stateLabels[shownState(run)];
  return <StatusBadge tone={tone}>{label}</StatusBadge>;
}
