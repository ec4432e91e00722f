import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { RunnerHome } from "../identity/home.ts";
import { loadIdentity } from "../identity/identity.ts";
import { loadPairing } from "../identity/pairing-file.ts";

/** To which key secrets are sealed: the server's word counts only for a runner that is not in this folder. */
export function recipientOf(home: RunnerHome, runner: Pick<RunnerView, "id" | "sealRecipient">): string {
  const own = loadPairing(home)?.runnerId === runner.id ? loadIdentity(home) : undefined;
  return own?.sealRecipient ?? runner.sealRecipient;
}
