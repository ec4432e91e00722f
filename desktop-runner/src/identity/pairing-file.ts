import { id } from "@deskhand/shared/schemas/common";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "./home.ts";

const pairingFile = z.object({
  runnerId: id,
  projectId: id,
  serverUrl: z.url(),
  /** Where people open the dashboard, when that is another address than the one that the runner uses. */
  dashboardUrl: z.url().optional(),
  name: z.string(),
  fingerprint: z.string(),
});
/** What this folder is paired to. */
export type Pairing = z.infer<typeof pairingFile>;

/** The pairing in the folder, or undefined when there is none. Throws when the file is damaged. */
export function loadPairing(home: RunnerHome): Pairing | undefined {
  const data = readJsonFile(home.runnerFile);
  return data === undefined ? undefined : pairingFile.parse(data);
}

export function savePairing(home: RunnerHome, pairing: Pairing): void {
  writeJsonFile(home.runnerFile, pairing);
}
