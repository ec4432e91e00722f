import { runPage } from "@deskhand/shared/schemas/run";
import { ensureHome, runnerHome } from "../../identity/home.ts";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { parseServerUrl, saveAccess, serverUrlFrom } from "../settings.ts";

export type LoginFlags = { server?: string; apiKey?: string };

/** `deskhand login`: checks an API key and keeps it, with the server's address, for the other commands. */
export async function login(flags: LoginFlags, { env, output, isInteractive, readInput }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const serverUrl = flags.server ? parseServerUrl(flags.server) : serverUrlFrom(env, home);
  if (!flags.apiKey && isInteractive) {
    output.tell({ type: "prompt" }, `Paste an API key of ${serverUrl} (Settings, API keys), then press Enter:`);
  }
  const apiKey = (flags.apiKey ?? (await readInput())).trim();
  if (!/^\S{8,200}$/.test(apiKey)) throw usageError("That is not an API key.", "An API key starts with dh_ and has no spaces.");
  await createApi({ serverUrl, apiKey }).get("/runs", runPage, { limit: 1 });
  ensureHome(home);
  saveAccess(home, { serverUrl, apiKey });
  output.result({ serverUrl, file: home.cliFile }, `The key works. It is kept in ${home.cliFile}, for ${serverUrl} only.`);
  return 0;
}
