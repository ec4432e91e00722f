import type { SignedRuns } from "../schemas/deployment.ts";
import type { Manifest } from "../schemas/manifest.ts";
import { rerunManifest } from "./make-manifest.ts";

type Runs = {
  runnerId: string;
  /** Of what the deployment was signed with; null when nobody signed it. */
  manifestId: string | null;
  profileIds: readonly string[];
};

/**
 * A signature for one more run of a deployment on each of these profiles, as its runs are asked for; nothing where `sign` gives none, as the
 * runner demands none. What was not signed in the first place has to be deployed anew, which the server says.
 */
export async function signReruns(
  { runnerId, manifestId, profileIds }: Runs,
  sign: (manifest: Manifest) => Promise<string | undefined>,
): Promise<{ signed?: SignedRuns }> {
  const signed: SignedRuns = [];
  for (const profileId of manifestId === null ? [] : profileIds) {
    const signedManifest = await sign(rerunManifest(runnerId, manifestId ?? "", profileId));
    if (signedManifest === undefined) break;
    signed.push({ profileId, signedManifest });
  }
  return signed.length > 0 ? { signed } : {};
}
