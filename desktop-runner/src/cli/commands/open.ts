import { existsSync } from "node:fs";
import { runnerHome } from "../../identity/home.ts";
import { isFolderLocked } from "../../identity/lock.ts";
import { openWindow } from "../../ui/open-window.ts";
import { readPageAddress } from "../../ui/page-address.ts";
import { makeLink } from "../../ui/page-links.ts";
import type { CommandContext } from "../command.ts";
import { CliError } from "../failure.ts";

/** `deskhand open`: the runner's own page in a window, or the link to it; with --json the link only. The server is not needed. */
export async function open(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const isRunning = existsSync(home.lockFile) && isFolderLocked(home);
  const address = isRunning ? readPageAddress(home) : undefined;
  if (!isRunning) throw new CliError("NOT_RUNNING", 3, "The runner is not running, and its page with it.", "Start it with: deskhand start");
  if (!address)
    throw new CliError("NOT_RUNNING", 3, "The runner runs without its page.", "Its log says why; start it again to try once more.");
  const { url, opener, expiresAt } = makeLink(home, address);
  output.tell({ type: "link", url, expiresAt: new Date(expiresAt).toISOString() });
  if (output.json) output.result({ opened: false });
  else if (await openWindow(home, opener, env)) output.result({}, `Opened ${address}`);
  else output.result({}, `Open this link in a browser of this computer. It works once, for two minutes:\n${url}`);
  return 0;
}
