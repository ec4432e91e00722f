import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Runner } from "@/server/generated/prisma/client";
import { isOnline } from "./rules.ts";

export type Tightening = RunnerView["tightening"];
export type RunnerCounts = { profileCount: number; activeRunCount: number };

export function viewRunner(runner: Runner, counts: RunnerCounts, now: Date): RunnerView {
  return {
    id: runner.id,
    projectId: runner.projectId,
    name: runner.name,
    platform: runner.platform,
    arch: runner.arch,
    version: runner.version,
    fingerprint: runner.fingerprint,
    keyCreatedAt: runner.keyCreatedAt.toISOString(),
    keyRotationRequested: runner.keyRotationRequestedAt !== null,
    sealRecipient: runner.sealRecipient,
    status: runner.status,
    statusReason: runner.statusReason,
    online: isOnline(runner, now),
    browser: runner.browserName ? [runner.browserName, runner.browserVersion].filter(Boolean).join(" ") : null,
    ...counts,
    clockOffsetMs: runner.clockOffsetMs,
    lastSeenAt: runner.lastSeenAt?.toISOString() ?? null,
    createdAt: runner.createdAt.toISOString(),
    policy: viewPolicy(runner),
    signaturesRequired: runner.signaturesRequired ?? false,
    tightening: viewTightening(runner),
  };
}

/** As Prisma or plain SQL reads it. */
export type TighteningRow = Pick<Runner, "deniedHosts" | "paused"> & { maxDownloadBytes: bigint | string | null };

/** What the project asks the runner to refuse beyond its own policy, as the runner is told it too. */
export function viewTightening({ deniedHosts, maxDownloadBytes, paused }: TighteningRow): Tightening {
  return { deniedHosts, maxDownloadBytes: maxDownloadBytes === null ? null : Number(maxDownloadBytes), paused };
}

function viewPolicy(runner: Runner): RunnerView["policy"] {
  if (!runner.policyToldAt) return null;
  return {
    paused: runner.policyPaused,
    quietUntil: runner.policyQuietUntil?.toISOString() ?? null,
    damaged: runner.policyDamaged,
    empty: runner.policyEmpty,
  };
}
