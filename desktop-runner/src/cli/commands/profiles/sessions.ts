import { runnerHome } from "../../../identity/home.ts";
import { loadPairing } from "../../../identity/pairing-file.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { CliError, usageError } from "../../failure.ts";
import { openLocalPage } from "../../local-page.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { orderProfile } from "../../order-profile.ts";
import { findOwnProfile } from "../../own-profile.ts";
import { accessFrom } from "../../settings.ts";

/** A browser that starts on a busy computer takes its time, milliseconds. */
const withinMs = 90_000;

export type OpenFlags = { runner?: string; window?: boolean; url?: string };

/** `deskhand profiles open NAME`: a window on the screen of the profile's runner, until it is closed. */
export async function openProfile(wanted: string, flags: OpenFlags, { env, output }: CommandContext): Promise<number> {
  if (flags.url !== undefined && !/^https?:$/.test(URL.parse(flags.url)?.protocol ?? "")) {
    throw usageError(`"${flags.url}" is not the address of a page.`, "For example: --url https://example.com");
  }
  const api = createApi(accessFrom(env));
  const profile = await find(api, wanted, flags);
  const window = flags.window ?? true;
  const order = { kind: "open", window, ...(flags.url !== undefined && { url: flags.url }) } as const;
  await orderProfile(api, env, profile, order, withinMs);
  output.result({ profileId: profile.id, open: true, window }, `${profile.name} is open on ${profile.runnerName}.`);
  return 0;
}

/** `deskhand profiles close NAME`: what this computer has open is closed without the server; else the profile's runner is asked. */
export async function closeProfile(wanted: string, flags: { runner?: string }, context: CommandContext): Promise<number> {
  const { env, output } = context;
  const home = runnerHome(env);
  let refused: CliError | undefined;
  if (flags.runner === undefined && loadPairing(home)) {
    // one of another runner is not found here
    const own = await findOwnProfile(wanted, context).catch(() => undefined);
    const closed = own && (await closeHere(context, own.id));
    if (own && closed === true) {
      output.result({ profileId: own.id, closed: true }, `${own.name} is saved and closed.`);
      return 0;
    }
    if (closed !== true) refused = closed;
  }
  const api = createApi(accessFrom(env, home));
  const profile = await find(api, wanted, flags).catch((error: unknown) => {
    throw refused ?? error;
  });
  const isOpen = profile.holder?.kind === "window" || profile.holder?.kind === "session";
  if (refused && !isOpen) throw refused;
  await orderProfile(api, env, profile, { kind: "close" }, withinMs);
  output.result({ profileId: profile.id, closed: true }, `${profile.name} is saved and closed.`);
  return 0;
}

/** True, or why it was not closed here. */
async function closeHere({ env }: CommandContext, profileId: string): Promise<true | CliError> {
  try {
    const page = await openLocalPage(runnerHome(env));
    await page.post("/api/connect/close", { profileId });
    return true;
  } catch (error) {
    if (error instanceof CliError && (error.code === "NOT_POSSIBLE" || error.code === "NOT_RUNNING")) return error;
    throw error;
  }
}

type Found = Awaited<ReturnType<typeof findProfile>>;

async function find(api: Api, wanted: string, { runner }: { runner?: string }): Promise<Found> {
  return findProfile(api, wanted, runner ? (await findRunner(api, runner)).id : undefined);
}
