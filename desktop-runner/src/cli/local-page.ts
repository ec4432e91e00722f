import { existsSync } from "node:fs";
import * as z from "zod";
import type { RunnerHome } from "../identity/home.ts";
import { isFolderLocked } from "../identity/lock.ts";
import { readPageAddress } from "../ui/page-address.ts";
import { makeLink } from "../ui/page-links.ts";
import { CliError } from "./failure.ts";

const refusal = z.object({ code: z.string(), message: z.string() });

/** Asks the runner that runs on this folder, by its local page, as whoever may write to the folder. */
export type LocalPage = { post(path: string, body: object, signal?: AbortSignal): Promise<Response> };

/** @throws CliError NOT_RUNNING */
export async function openLocalPage(home: RunnerHome): Promise<LocalPage> {
  const isRunning = existsSync(home.lockFile) && isFolderLocked(home);
  const address = isRunning ? readPageAddress(home) : undefined;
  if (!address) {
    const what = isRunning
      ? "The runner runs without its page, by which this is asked."
      : "The runner is not running, which has to do this.";
    throw new CliError("NOT_RUNNING", 3, what, "Start it with: deskhand start");
  }
  const headers: Record<string, string> = { origin: address, "content-type": "application/json" };
  const post = (path: string, body: object, signal?: AbortSignal) =>
    fetch(`${address}${path}`, { method: "POST", headers, body: JSON.stringify(body), redirect: "error", ...(signal && { signal }) });
  const token = makeLink(home, address).url.split("#")[1];
  const entered = await post("/api/session", { token });
  if (!entered.ok) throw new CliError("NOT_RUNNING", 3, "The runner's page does not let this command in.", "Start the runner again.");
  headers.cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
  headers["x-deskhand-key"] = String(((await entered.json()) as { key: unknown }).key);
  return {
    async post(path, body, signal) {
      const answer = await post(path, body, signal);
      if (answer.ok) return answer;
      const told = refusal.safeParse(await answer.json().catch(() => undefined));
      const message = told.success ? told.data.message : `The runner answered ${answer.status}.`;
      throw new CliError("NOT_POSSIBLE", 3, message, "Look at what uses it on the profile's page, or with: deskhand profiles show NAME");
    },
  };
}

/** Has the runner know that a profile's state was saved without it: at once when it runs, else when it starts. `settled`: flags that are over. */
export async function noteSaved(home: RunnerHome, profileId: string, bytes: number, settled: readonly string[] = []): Promise<void> {
  if (existsSync(home.lockFile) && isFolderLocked(home)) {
    const page = await openLocalPage(home).catch(() => undefined);
    await page?.post("/api/profiles/saved", { profileId, bytes, settled }).catch(() => {});
    return;
  }
  if (!existsSync(home.journalFile)) return;
  const { Journal } = await import("../journal/journal.ts");
  const { ProfileTable } = await import("../profiles/profile-table.ts");
  const journal = new Journal(home.journalFile);
  try {
    const profiles = new ProfileTable(journal);
    profiles.noteSaved(profileId, Date.now(), bytes);
    profiles.dropFlags(profileId, settled);
  } finally {
    journal.close();
  }
}
