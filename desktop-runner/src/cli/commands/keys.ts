import { runnerHome } from "../../identity/home.ts";
import { loadPairing } from "../../identity/pairing-file.ts";
import { approvalLink } from "../../signing/approval-link.ts";
import { decideSigner, readSigners, SignerError } from "../../signing/edit-signers.ts";
import { fingerprintOfSigner, type Signer } from "../../signing/signers-file.ts";
import type { CommandContext } from "../command.ts";
import { CliError, usageError } from "../failure.ts";

/** `deskhand keys list`: who may sign for this runner, who asks, and who was turned away. */
export async function listKeys(_flags: object, { env, output }: CommandContext): Promise<number> {
  const { signers } = told(() => readSigners(runnerHome(env)));
  for (const signer of signers) output.tell({ type: "key", ...viewSigner(signer) }, lineOf(signer));
  const asking = signers.filter(({ status }) => status === "pending").length;
  output.result(
    { count: signers.length, asking },
    signers.length === 0
      ? "No key has asked to sign for this runner. `deskhand keys link` makes a link that approves a browser."
      : asking > 0
        ? "Compare the fingerprint with the one on the other screen, then: deskhand keys approve FINGERPRINT"
        : undefined,
  );
  return 0;
}

/** `deskhand keys approve|reject|revoke FINGERPRINT` */
export async function decideKey(status: "approved" | "rejected" | "revoked", wanted: string, { env, output }: CommandContext) {
  const signer = told(() => decideSigner(runnerHome(env), wanted, status));
  const words = {
    approved: `Approved: “${signer.name}” may sign for this runner.`,
    rejected: `Rejected: “${signer.name}” may not sign for this runner.`,
    revoked: `Revoked: what “${signer.name}” signed is refused from now on.`,
  };
  output.result(viewSigner(signer), words[status]);
  return 0;
}

/** `deskhand keys link`: a link that approves the browser that it is opened in, once, within a day. */
export async function makeKeyLink(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const pairing = loadPairing(home);
  if (!pairing) {
    throw new CliError("NOT_PAIRED", 3, "This runner is not paired yet.", "On the dashboard, Runners, Add a runner shows how.");
  }
  const url = told(() => approvalLink(home, pairing));
  output.result({ url }, `Open this in the browser that may deploy to this runner. It works once, for a day:\n${url}`);
  return 0;
}

function viewSigner(signer: Signer) {
  const { keyId, kind, name, person, status, approvedBy, askedAt, decidedAt } = signer;
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    fingerprint: fingerprintOfSigner(signer),
    keyId,
    kind,
    name,
    person,
    status,
    approvedBy,
    askedAt: at(askedAt),
    decidedAt: at(decidedAt),
  };
}

function lineOf(signer: Signer): string {
  const whose = [signer.name, signer.person].filter(Boolean).join(", ");
  return `${signer.status.padEnd(8)}  ${fingerprintOfSigner(signer)}  ${whose}`;
}

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SignerError)) throw error;
    if (error.reason === "DAMAGED") {
      throw new CliError("POLICY_DAMAGED", 3, error.message, "Until then nothing that is signed is trusted.");
    }
    throw usageError(error.message, "`deskhand keys list` shows the keys with their fingerprints.");
  }
}
