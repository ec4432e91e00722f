import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { ProfileTarget } from "@deskhand/shared/schemas/profile-bulk";
import { exportFileName } from "@deskhand/shared/schemas/profile-transfer";
import { runnerHome } from "../../../identity/home.ts";
import { loadPairing } from "../../../identity/pairing-file.ts";
import { createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { CliError, usageError } from "../../failure.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner } from "../../sign-deployment.ts";
import { type Exporting, exportOwn, type Told } from "./export.ts";
import { readPassphrase } from "./passphrase.ts";
import { findTargets } from "./targets.ts";
import { exportRemotely } from "./transfer.ts";

type Flags = Exporting & { all?: boolean; tag?: string[]; search?: string; runner?: string; force?: boolean };

/**
 * Writes a file of each of the profiles into a folder, one after the other, those of this computer without the server in between. One that
 * cannot be is told and leaves the others be. Ends with 1 when there was one.
 */
export async function exportMany(names: string[], folder: string, flags: Flags, context: CommandContext): Promise<number> {
  const { env, output } = context;
  const { format, recipient = [] } = flags;
  const api = createApi(accessFrom(env));
  const targets = await findTargets(api, names, flags);
  // standard input is read once
  const isSealed = format === "bundle" && recipient.length === 0;
  const asked = isSealed ? { ...context, env: { ...env, DESKHAND_PASSPHRASE: await readPassphrase(context) } } : context;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const taken = new Set<string>();
  let done = 0;
  for (const [n, target] of targets.entries()) {
    const { id: profileId, name } = target;
    const file = path.join(folder, exportFileName(name, format, taken));
    try {
      if (existsSync(file) && !flags.force) throw usageError(`There is a file ${file} already.`, "Give another folder, or --force.");
      const { record } = await exportOne(target, file, flags, asked);
      done++;
      output.tell({ type: "exported", name, ...record }, `${n + 1} of ${targets.length}: ${name} to ${file}`);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const { code, message } = error;
      output.tell(
        { type: "failed", profileId, name, code, message },
        `${n + 1} of ${targets.length}: ${name} was not exported: ${message}`,
      );
    }
  }
  const failed = targets.length - done;
  const open = format === "bundle" || recipient.length > 0 || done === 0 ? "" : "\nThey lie open: whoever has them is signed in there.";
  output.result({ done, failed, folder }, `Exported ${done} of ${countWords(targets.length, "profile")} to ${folder}.${open}`);
  return failed > 0 ? 1 : 0;
}

async function exportOne(target: ProfileTarget, file: string, flags: Flags, context: CommandContext): Promise<Told> {
  const home = runnerHome(context.env);
  const { id, name, runnerId } = target;
  if (loadPairing(home)?.runnerId === runnerId) return exportOwn({ home, id, name }, file, flags, context);
  const access = accessFrom(context.env);
  const api = createApi(access);
  const runner = await getRunner(api, runnerId);
  return exportRemotely({ api, access, runner, profile: { id, name } }, file, flags, context);
}
