import { HOLD_LEASE_MS } from "@deskhand/shared/protocol/hold-times";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { LiveView } from "../runs/live-view.ts";
import type { WorkerHold } from "../worker/messages.ts";
import { RunHolds } from "./run-holds.ts";

type Outside = {
  worker: WorkerHold;
  live: LiveView;
  isActive(runId: string): boolean;
  areSignaturesRequired(): boolean;
  record(runId: string, event: RunEvent): void;
  leaseMs: number | undefined;
};

export function openHolds({ live, leaseMs = HOLD_LEASE_MS, ...rest }: Outside): RunHolds {
  return new RunHolds({
    ...rest,
    leaseMs,
    tell: (news) => live.news(news),
    tellRecorded: (recorded) => live.recorded(recorded),
    tellTrial: (news) => live.trial(news),
    clock: Date.now,
  });
}
