import type { FormatProblem, StateFormat } from "@deskhand/shared/formats/profile-state";
import { readState } from "@deskhand/shared/formats/read-state";
import { PARCEL_MAX_BYTES } from "@deskhand/shared/protocol/parcels";

/** A file that somebody wants to import, looked at in this browser; it has not left it. */
export type LookedAt = { name: string; content: Uint8Array } & (
  | { kind: "state"; format: StateFormat; cookies: number; origins: number }
  | { kind: "bundle"; wantsPassphrase: boolean }
  | { kind: "refused"; problems: FormatProblem[]; more: number }
);

/** Room for what sealing adds. */
const maxBytes = PARCEL_MAX_BYTES - 64 * 1024;

/** Sees what a file is, and what is wrong with it. */
export async function lookAtFile(file: File): Promise<LookedAt> {
  const { name } = file;
  const refused = (reason: string): LookedAt => ({
    name,
    content: new Uint8Array(),
    kind: "refused",
    problems: [{ where: "the file", reason }],
    more: 0,
  });
  if (file.size > maxBytes) return refused("It is larger than 50 MB. On the runner's computer run: deskhand profiles import");
  const content = new Uint8Array(await file.arrayBuffer());
  const begins = new TextDecoder("latin1").decode(content.subarray(0, 4_000));
  // age names how a file opens in its first lines (age-encryption.org/v1)
  if (begins.startsWith("age-encryption.org/v1\n"))
    return { name, content, kind: "bundle", wantsPassphrase: begins.includes("\n-> scrypt ") };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return refused("This is neither a text in UTF-8 nor a bundle of Deskhand.");
  }
  const read = readState(text);
  if (!read.ok) return { name, content, kind: "refused", problems: read.problems, more: read.more };
  const { cookies, origins } = read.state;
  return { name, content, kind: "state", format: read.format, cookies: cookies.length, origins: origins.length };
}
