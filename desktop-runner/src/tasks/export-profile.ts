import path from "node:path";
import { ParcelError, sendParcel } from "../connection/parcel.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { ExportError, exportProfile } from "../profiles/export-profile.ts";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** Seals the profile, or its cookies, to whoever asks, and puts that on its way; the server sees ciphertext only. */
export const exportTask: TaskHandler<"profile.export"> = async (payload, { home, profiles, clock, signal, unseal }): Promise<TaskEnd> => {
  const { profileId, parcelId, token, format, recipient, passphrase, name } = payload;
  const pairing = loadPairing(home);
  if (!pairing) throw new Error("the runner is not paired");
  const lock =
    passphrase !== undefined ? { passphrase: await unseal(passphrase) } : { recipients: recipient === undefined ? [] : [recipient] };
  const profileDir = path.join(home.profilesFolder, profileId);
  const { settings } = profiles.get(profileId);
  try {
    const exported = await exportProfile({ profileDir, settings, name, format, lock, now: clock() }, (file) =>
      sendParcel({ serverUrl: pairing.serverUrl, parcelId, token, signal }, file),
    );
    return { state: "succeeded", result: { format, ...exported } };
  } catch (error) {
    if (error instanceof ExportError) return { state: "failed", failureCode: error.code };
    if (error instanceof ParcelError) return { state: "failed", failureCode: error.status === 413 ? "EXPORT_TOO_LARGE" : "PARCEL_GONE" };
    throw error;
  }
};
