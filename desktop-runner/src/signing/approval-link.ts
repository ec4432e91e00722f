import { createHash } from "node:crypto";
import type { RunnerHome } from "../identity/home.ts";
import { loadIdentity } from "../identity/identity.ts";
import type { Pairing } from "../identity/pairing-file.ts";
import { makeLink } from "./edit-signers.ts";

/**
 * A link to the dashboard that approves the browser that opens it. What stands behind the # never leaves that browser: the secret, and
 * the hash of the key to which secrets for this runner are sealed, so that the server cannot put another in its place.
 */
export function approvalLink(
  home: RunnerHome,
  { serverUrl, dashboardUrl = serverUrl, runnerId }: Pick<Pairing, "serverUrl" | "dashboardUrl" | "runnerId">,
): string {
  const recipient = createHash("sha256")
    .update(loadIdentity(home)?.sealRecipient ?? "")
    .digest("base64url");
  // browsers keep keys for each address: it has to be the one that people use
  return `${dashboardUrl}/dashboard/approve#${runnerId}.${makeLink(home)}.${recipient}`;
}
