import type { SigningReport } from "@deskhand/shared/protocol/signers";
import type { Tx } from "@/server/db";

type Record = { runnerId: string; projectId: string; report: SigningReport; at: Date };

/**
 * Stores what a runner said of the keys that the project knows, within the caller's transaction.
 * @returns the ids of the signing keys of which it said something else than before
 */
export async function recordSigners(tx: Tx, { runnerId, projectId, report, at }: Record): Promise<string[]> {
  const said = new Map(report.signers.map(({ keyId, status }) => [keyId, status]));
  const keys = await tx.signingKey.findMany({
    where: { projectId, keyId: { in: [...said.keys()] } },
    select: { id: true, keyId: true, runners: { where: { runnerId }, select: { status: true } } },
  });
  const changed = keys.filter(({ keyId, runners }) => runners[0]?.status !== said.get(keyId));
  for (const { id, keyId } of changed) {
    const status = said.get(keyId) ?? "requested";
    const where = { runnerId_signingKeyId: { runnerId, signingKeyId: id } };
    await tx.runnerSigner.upsert({
      where,
      create: { runnerId, signingKeyId: id, status, requestedAt: at, changedAt: at },
      // a proof is of no more use
      update: { status, changedAt: at, ...(status === "pending" ? {} : { proof: null }) },
    });
  }
  return changed.map(({ id }) => id);
}
