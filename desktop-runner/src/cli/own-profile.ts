import { type RunnerHome, runnerHome } from "../identity/home.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { createApi } from "./api.ts";
import type { CommandContext } from "./command.ts";
import { CliError } from "./failure.ts";
import { findProfile, isId } from "./lookup.ts";
import { accessFrom } from "./settings.ts";

export type OwnProfile = { home: RunnerHome; id: string; name: string };

/** A profile of this computer's runner, by its name, for which the server is asked, or by its id, for which nobody is. */
export async function findOwnProfile(wanted: string, { env }: Pick<CommandContext, "env">): Promise<OwnProfile> {
  const home = runnerHome(env);
  const pairing = loadPairing(home);
  if (!pairing) throw new CliError("NOT_PAIRED", 3, "This runner is not paired yet.", "On the dashboard, Runners, Add a runner shows how.");
  if (isId(wanted)) return { home, id: wanted.toLowerCase(), name: wanted };
  const { id, name } = await findProfile(createApi(accessFrom(env, home)), wanted, pairing.runnerId);
  return { home, id, name };
}
