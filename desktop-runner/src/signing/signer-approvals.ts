import type { RunnerHome } from "../identity/home.ts";
import type { Approval, Approvals } from "../ui/approvals.ts";
import { decideSigner } from "./edit-signers.ts";
import { fingerprintOfSigner, loadSigners, type Signer } from "./signers-file.ts";

/** Keys that ask to sign for this runner, for the local page. What is decided there is what `deskhand keys` decides. */
export class SignerApprovals implements Approvals {
  onChange: () => void = () => {};
  readonly #home: RunnerHome;

  constructor(home: RunnerHome) {
    this.#home = home;
  }

  list(): Approval[] {
    const loaded = loadSigners(this.#home);
    const asking = loaded.ok ? loaded.signers.signers.filter(({ status }) => status === "pending") : [];
    return asking.toSorted((a, b) => a.askedAt - b.askedAt).map(toApproval);
  }

  decide(id: string, decision: "approve" | "reject"): void {
    decideSigner(this.#home, id, decision === "approve" ? "approved" : "rejected");
    this.onChange();
  }
}

function toApproval(signer: Signer): Approval {
  const { keyId, kind, name, person, askedAt } = signer;
  return {
    id: keyId,
    title: `May “${name}” sign what this runner does?`,
    lines: [
      `A ${kind === "browser" ? "browser" : "command line"}${person ? `; the server says that it belongs to ${person}` : ""}.`,
      "Once approved, whatever is deployed from there is carried out here, as far as the policy allows. Compare the fingerprint with the one on the other screen first.",
    ],
    fingerprint: fingerprintOfSigner(signer),
    at: askedAt,
  };
}
