import type { SignedRuns } from "@deskhand/shared/schemas/deployment";
import type { Context } from "@/server/context";
import { checkManifest, invalid } from "@/server/domain/signing-key/check-manifest";
import { AppError } from "@/server/errors";

type Signed = {
  deployment: { projectId: string; runnerId: string; manifestId: string | null };
  profileIds: readonly string[];
  signed: SignedRuns;
};

/**
 * What was signed for one more run on each of these profiles; empty where nothing was and the runner does not demand it.
 * @throws AppError SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function readSignedRuns(ctx: Context, { deployment, profileIds, signed }: Signed): Promise<ReadonlyMap<string, string>> {
  const { projectId, runnerId, manifestId } = deployment;
  const given = new Map(signed.map(({ profileId, signedManifest }) => [profileId, signedManifest]));
  const read = new Map<string, string>();
  for (const profileId of profileIds) {
    const text = given.get(profileId);
    const manifest = await checkManifest(ctx, { projectId, runnerId, signed: text });
    if (!manifest || !text) continue;
    if (manifest.kind !== "rerun" || manifest.profileId !== profileId) throw invalid("Something else than this run was signed.");
    if (manifest.of !== manifestId) throw invalid("Another deployment was signed.");
    read.set(profileId, text);
  }
  if (read.size > 0 && read.size < profileIds.length)
    throw new AppError("MANIFEST_INVALID", { userMessage: "Not all of the runs were signed." });
  return read;
}
