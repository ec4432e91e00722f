import { setTimeout as delay } from "node:timers/promises";
import { lockProfile, type ProfileLock } from "../browser/profile-store.ts";
import { StepFailure } from "../workflow/step-failure.ts";

/** How long a run waits for a program that the runner does not know of, milliseconds: as long as an export or an import takes. */
const waitMs = 60_000;
const lookEveryMs = 100;

type Waiting = { signal: AbortSignal; waitMs?: number | undefined; onWait(): void };

/**
 * Takes the profile. What the runner itself has open is waited for before a run begins; this is for commands of this computer that work on
 * the profile's folder, which a run must not fail for. @throws StepFailure PROFILE_BUSY, or why the run has to end
 */
export async function waitForProfile(profileDir: string, { signal, waitMs: patience = waitMs, onWait }: Waiting): Promise<ProfileLock> {
  const until = Date.now() + patience;
  let lock = await lockProfile(profileDir);
  if (!lock) onWait();
  while (!lock) {
    if (Date.now() >= until) throw new StepFailure("PROFILE_BUSY");
    await delay(lookEveryMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw haltOf(signal.reason);
    lock = await lockProfile(profileDir);
  }
  return lock;
}

function haltOf(reason: unknown): StepFailure {
  if (reason instanceof StepFailure) return reason;
  return new StepFailure(reason === "RUN_TIMEOUT" || reason === "RUNNER_DISK_FULL" ? reason : "CANCELLED");
}
