import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { pipeline, Transform } from "node:stream";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import { fetchParcel, ParcelError } from "../connection/parcel.ts";
import { readJsonFile, writeJsonFile } from "../identity/home.ts";
import { loadIdentity } from "../identity/identity.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { openStream } from "../profiles/bundle/age-streams.ts";
import { BundleError } from "../profiles/bundle/bundle-format.ts";
import { ImportError, type Imported, importProfile, settledBy } from "../profiles/import-profile.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** What the last import was, for a task that is begun again after it was done. */
const receiptFile = "imported.json";

/** Fetches a sealed file from the server, opens it with this runner's own key, and takes it into the profile. */
export const importTask: TaskHandler<"profile.import"> = async (payload, context): Promise<TaskEnd> => {
  const profileDir = path.join(context.home.profilesFolder, payload.profileId);
  const receipt = path.join(profileDir, receiptFile);
  const before = existsSync(receipt) ? (readJsonFile(receipt) as { parcelId?: string; imported: Imported }) : undefined;
  if (before?.parcelId === payload.parcelId) return told(before.imported, payload, context);
  try {
    const imported = await takeIn(payload, profileDir, context);
    writeJsonFile(receipt, { parcelId: payload.parcelId, imported });
    return told(imported, payload, context);
  } catch (error) {
    if (error instanceof ParcelError) return { state: "failed", failureCode: "PARCEL_GONE" };
    if (error instanceof BundleError) return { state: "failed", failureCode: error.code };
    if (!(error instanceof ImportError)) throw error;
    const { code, format, problems, more } = error;
    return { state: "failed", failureCode: code, ...(problems.length > 0 && { result: { format, problems, more } }) };
  }
};

async function takeIn(
  payload: TaskPayload<"profile.import">,
  profileDir: string,
  { home, signal, unseal }: TaskContext,
): Promise<Imported> {
  const { parcelId, token, mode, passphrase: sealed, sha256 } = payload;
  const pairing = loadPairing(home);
  const identity = loadIdentity(home)?.keys.file.ageIdentity;
  if (!pairing || !identity) throw new Error("the runner is not paired");
  const passphrase = sealed && (await unseal(sealed));
  const parcel = await fetchParcel({ serverUrl: pairing.serverUrl, parcelId, token, signal });
  // anybody can seal to this runner: without the hash that was signed, only who knows the passphrase can have made it
  if (!sha256) return importProfile(parcel, { profileDir, mode, keys: { passphrase }, sealedOnly: true });
  const checked = pipeline(parcel, checkHash(sha256), () => {});
  const file = await openStream(checked, { identity });
  return importProfile(file, { profileDir, mode, keys: { identity, passphrase } });
}

/** Passes on what comes, and ends with an error when it was not that. */
function checkHash(sha256: string): Transform {
  const hash = createHash("sha256");
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      done(null, piece);
    },
    flush: (done) => done(hash.digest("hex") === sha256 ? null : new BundleError("BUNDLE_DAMAGED")),
  });
}

/** The settings of a bundle are the profile's from here on; the server is told, which keeps them unless somebody has changed them since. */
function told(
  { settings, move: _, ...facts }: Imported,
  { profileId, keepSettings, mode }: TaskPayload<"profile.import">,
  { profiles, clock }: TaskContext,
): TaskEnd {
  profiles.noteSaved(profileId, clock(), facts.bytes);
  profiles.dropFlags(profileId, settledBy(facts.format, mode, profiles.get(profileId).settings));
  if (!settings || keepSettings) return { state: "succeeded", result: facts };
  const known = profiles.get(profileId);
  const isThere = JSON.stringify(known.settings) === JSON.stringify(settings);
  const revision = isThere ? known.revision : known.revision + 1;
  if (!isThere) profiles.configure([{ profileId, revision, settings }]);
  return { state: "succeeded", result: { ...facts, settings, revision } };
}
