import { closeSync, openSync, readSync } from "node:fs";
import { isUnderPassphrase } from "../../../profiles/bundle/passphrase-lock.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";

/** From DESKHAND_PASSPHRASE, else from standard input: other users see what stands on a command line. */
export async function readPassphrase({ env, readInput }: CommandContext): Promise<string> {
  const passphrase = env.DESKHAND_PASSPHRASE ?? (await readInput()).replace(/\r?\n$/, "");
  if (passphrase !== "") return passphrase;
  throw usageError("There is no passphrase.", "Give it in DESKHAND_PASSPHRASE or on standard input.");
}

/** The passphrase of a file that is sealed under one; undefined for any other, which is not asked for one. */
export async function passphraseFor(file: string, context: CommandContext): Promise<string | undefined> {
  const beginning = Buffer.alloc(300);
  const handle = openSync(file, "r");
  try {
    readSync(handle, beginning);
  } finally {
    closeSync(handle);
  }
  return isUnderPassphrase(beginning) ? readPassphrase(context) : undefined;
}
