import { createHash, randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { FormatProblem } from "@deskhand/shared/formats/profile-state";
import { PARCEL_MAX_BYTES, PARCEL_PATH } from "@deskhand/shared/protocol/parcels";
import { byId } from "@deskhand/shared/schemas/common";
import { parcelView } from "@deskhand/shared/schemas/parcel";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { runnerHome } from "../../../identity/home.ts";
import { sealTo } from "../../../identity/identity.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { endOfTask } from "../../end-of-task.ts";
import { CliError, usageError } from "../../failure.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { recipientOf } from "../../recipient-of.ts";
import { type Access, accessFrom } from "../../settings.ts";
import { signOrder } from "../../sign-order.ts";
import type { Exporting, Told } from "./export.ts";
import { passphraseFor, readPassphrase } from "./passphrase.ts";

/** As long as a parcel is kept, milliseconds. */
const withinMs = 60 * 60_000;

type Import = { runner: string; replace?: boolean };

/** Seals a file to a runner, puts it on its way, and waits until it was taken in. */
export async function importRemotely(wanted: string, file: string, flags: Import, context: CommandContext): Promise<number> {
  const { env, output } = context;
  if (statSync(file).size > PARCEL_MAX_BYTES)
    throw usageError("The file is larger than 50 MB.", "Take it in on the runner's own computer.");
  const { api, access, runner, profile } = await find(wanted, flags.runner, context);
  const recipient = recipientOf(runnerHome(env), runner);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const sealed = await encrypter.encrypt(new Uint8Array(readFileSync(file)));
  const word = await passphraseFor(file, context);
  const passphrase = word === undefined ? {} : { passphrase: await sealTo(recipient, word) };
  const parcel = await newParcel(api, profile.projectId);
  await carry(access, parcel, "PUT", sealed);
  const sha256 = createHash("sha256").update(sealed).digest("hex");
  const asked = { ...parcel, sha256, mode: flags.replace ? "replace" : "merge", ...passphrase };
  const signed = await signOrder(api, runnerHome(env), runner.id, "profile.import", { profileId: profile.id, ...asked });
  const { id } = await api.post(`/profiles/${profile.id}/import`, { ...asked, ...signed }, byId);
  try {
    const { settings: _, revision: __, ...imported } = await endOfTask(api, id, withinMs);
    output.result({ profileId: profile.id, ...imported }, `Imported into ${profile.name} on ${runner.name}.`);
    return 0;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { problems = [], more = 0 } = (error.details ?? {}) as { problems?: FormatProblem[]; more?: number };
    for (const problem of problems) output.tell({ type: "problem", ...problem }, `${problem.where}: ${problem.reason}`);
    if (more > 0) output.tell({ type: "problems", more }, `… and ${more} more`);
    throw error;
  }
}

type There = { api: Api; access: Access; runner: RunnerView; profile: { id: string; name: string } };

/** Has a runner seal a profile to a key of this moment, to the recipient that is named, or under a passphrase, and keeps what comes. */
export async function exportRemotely(there: There, file: string, flags: Exporting, context: CommandContext): Promise<Told> {
  const { api, access, runner, profile } = there;
  const { env } = context;
  const { format } = flags;
  const [recipient, second] = flags.recipient ?? [];
  if (second !== undefined) throw usageError("From another computer it is sealed to one recipient.", "Give --recipient once.");
  const key = recipient === undefined && format !== "bundle" ? await generateX25519Identity() : undefined;
  const to = key
    ? { recipient: await identityToRecipient(key) }
    : recipient !== undefined
      ? { recipient }
      : { passphrase: await sealTo(recipientOf(runnerHome(env), runner), await readPassphrase(context)) };
  const asked = { ...(await newParcel(api, runner.projectId)), format, name: profile.name, ...to };
  const signed = await signOrder(api, runnerHome(env), runner.id, "profile.export", { profileId: profile.id, ...asked });
  const { id } = await api.post(`/profiles/${profile.id}/export`, { ...asked, ...signed }, byId);
  const { format: _, ...exported } = await endOfTask(api, id, withinMs);
  const sealed = await carry(access, asked, "GET");
  // what is left there is gone within an hour
  await carry(access, asked, "DELETE").catch(() => {});
  try {
    writeFileSync(`${file}.part`, key ? await opened(key, sealed) : sealed, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  } catch (error) {
    rmSync(`${file}.part`, { force: true });
    throw error;
  }
  const open = key ? "\nIt lies open: whoever has it is signed in where the profile is." : "";
  const record = { profileId: profile.id, file, format, ...exported };
  return { record, words: `Exported ${profile.name} of ${runner.name} to ${file}.${open}` };
}

async function opened(key: string, sealed: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(key);
  return decrypter.decrypt(sealed);
}

/** A profile on another computer's runner. */
export async function find(wanted: string, runnerName: string, { env }: CommandContext) {
  const access = accessFrom(env);
  const api = createApi(access);
  const runner = await findRunner(api, runnerName);
  return { api, access, runner, profile: await findProfile(api, wanted, runner.id) };
}

type Parcel = { parcelId: string; token: string };

async function newParcel(api: Api, projectId: string): Promise<Parcel> {
  const token = randomBytes(32).toString("base64url");
  const { id } = await api.post("/parcels", { projectId, tokenHash: createHash("sha256").update(token).digest("hex") }, parcelView);
  return { parcelId: id, token };
}

async function carry({ serverUrl }: Access, { parcelId, token }: Parcel, method: "PUT" | "GET" | "DELETE", body?: Uint8Array) {
  const answer = await fetch(`${serverUrl}${PARCEL_PATH}${parcelId}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    redirect: "error",
    ...(body && { body: new Uint8Array(body) }),
  }).catch(() => undefined);
  if (answer?.ok) return new Uint8Array(await answer.arrayBuffer());
  throw new CliError("SERVER_UNREACHABLE", 3, "The file could not be carried.", "Check the connection to the server, then try again.");
}
