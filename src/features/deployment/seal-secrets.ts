import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { isRecipientRight } from "@/trpc/browser-key";

const wrongRecipient =
  "The server names another key for this runner's secrets than its computer did, so they were not sent. If the runner was paired anew, open a new link from “deskhand keys link”.";

/** Seals each of them so that only this runner can read it. */
export async function sealSecrets(runner: Pick<RunnerView, "id" | "sealRecipient">, secret: Record<string, string>): Promise<InputValues> {
  const sealed: InputValues = {};
  const names = Object.keys(secret);
  if (names.length === 0) return sealed;
  if (!(await isRecipientRight(runner.id, runner.sealRecipient))) throw new Error(wrongRecipient);
  // the cryptography is not part of the page until somebody needs it
  const { sealFor } = await import("@/trpc/seal");
  for (const name of names) sealed[name] = { sealed: await sealFor(runner.sealRecipient, secret[name] ?? "") };
  return sealed;
}
