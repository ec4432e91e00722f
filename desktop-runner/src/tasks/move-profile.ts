import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import { lockProfile } from "../browser/profile-store.ts";
import { fetchParcel, lookForParcel, ParcelError, type ParcelPlace, sendParcel } from "../connection/parcel.ts";
import { readJsonFile, writeJsonFile } from "../identity/home.ts";
import { loadIdentity, sealTo } from "../identity/identity.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { BundleError } from "../profiles/bundle/bundle-format.ts";
import { ExportError, exportProfile } from "../profiles/export-profile.ts";
import { ImportError, importProfile } from "../profiles/import-profile.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

const lookEveryMs = 1_000;
/** Of a pool that is larger, the rest is told by hand: what a task says is bounded. */
const mostProxies = 300;
/** Longer than a parcel is kept, milliseconds: with the server away, a profile that has not moved is free again then. */
const heldMs = 65 * 60_000;
/** What was taken in last, for a task that is begun again after it was done. */
const receiptFile = "moved-in.json";

/**
 * Puts the profile on its way, sealed to the runner where it goes, and keeps everybody from it until its parcel is gone. Whether it is that
 * one's by then the server says: by the deletion that comes next, or by what it has this runner do with it.
 */
export const moveOut: TaskHandler<"profile.move-out"> = async (payload, context): Promise<TaskEnd> => {
  const { home, profiles, commandId, clock } = context;
  const { profileId, parcelId, token, recipient } = payload;
  const profileDir = path.join(home.profilesFolder, profileId);
  const place = placeOf({ parcelId, token }, context);
  profiles.hold(profileId, { kind: "task", id: commandId, since: clock() });
  try {
    const state = await lookForParcel(place);
    if (state === "over") return { state: "failed", failureCode: "PARCEL_GONE" };
    if (state === "whole") {
      // it was put there before this runner was started again
      await using lock = await heldBy(profileDir);
      if (!lock) return { state: "failed", failureCode: "PROFILE_BUSY" };
      await untilOver(place, clock);
      return { state: "succeeded" };
    }
    const { revision, settings } = profiles.get(profileId);
    const { stateSavedAt, flags } = profiles.facts(profileId);
    const ways = await context.proxies.carry(settings);
    const move = { word: await context.unseal(payload.word), revision, stateSavedAt, flags, ways };
    const wanted = { profileDir, settings, name: null, format: "bundle", lock: { recipients: [recipient] }, now: clock(), move } as const;
    await exportProfile(wanted, async (file) => {
      await sendParcel(place, file);
      await untilOver(place, clock);
    });
    return { state: "succeeded" };
  } catch (error) {
    if (error instanceof ExportError) return { state: "failed", failureCode: error.code };
    if (error instanceof ParcelError) return { state: "failed", failureCode: error.status === 413 ? "EXPORT_TOO_LARGE" : "PARCEL_GONE" };
    throw error;
  } finally {
    profiles.release(profileId, commandId);
  }
};

/** Takes a profile in that was made for this runner by one that knows the word. What was of it here before gives way. */
export const moveIn: TaskHandler<"profile.move-in"> = async (payload, context): Promise<TaskEnd> => {
  const { home, profiles } = context;
  const { profileId, parcelId } = payload;
  const profileDir = path.join(home.profilesFolder, profileId);
  const receipt = path.join(profileDir, receiptFile);
  const before = existsSync(receipt) ? (readJsonFile(receipt) as { parcelId?: string }) : undefined;
  try {
    if (before?.parcelId !== parcelId) await takeIn(payload, { ...context, profileDir, receipt });
  } catch (error) {
    if (error instanceof ParcelError) return { state: "failed", failureCode: "PARCEL_GONE" };
    if (error instanceof BundleError || error instanceof ImportError) return { state: "failed", failureCode: error.code };
    throw error;
  }
  const { holder: _, proxyBytes: __, mismatchAt: ___, ...facts } = profiles.facts(profileId);
  const { settings } = profiles.get(profileId);
  const pool = context.proxies.poolOf(settings);
  const proxies = (await context.proxies.readable(settings)).slice(0, mostProxies);
  return { state: "succeeded", result: { ...facts, proxies, ...(pool && { pool }) } };
};

type Taking = TaskContext & { profileDir: string; receipt: string };

async function takeIn(payload: TaskPayload<"profile.move-in">, context: Taking): Promise<void> {
  const { home, profiles, profileDir, receipt, clock } = context;
  const { profileId, parcelId, token } = payload;
  const own = loadIdentity(home);
  const identity = own?.keys.file.ageIdentity;
  if (!own || !identity) throw new Error("the runner is not paired");
  const word = await context.unseal(payload.word);
  const file = await fetchParcel(placeOf({ parcelId, token }, context));
  const { settings, bytes, move } = await importProfile(file, { profileDir, mode: "replace", keys: { identity }, word });
  // it was here before, and went away: what was put aside then is older than what has come
  if (profiles.isDeleted(profileId)) {
    profiles.forget(profileId);
    rmSync(path.join(home.deletedProfilesFolder, profileId), { recursive: true, force: true });
  }
  if (settings && move && move.revision > 0) profiles.configure([{ profileId, revision: move.revision, settings }]);
  if (move?.ways) await context.proxies.takeIn(move.ways, (text) => sealTo(own.sealRecipient, text));
  if (bytes > 0) profiles.noteSaved(profileId, move?.stateSavedAt ?? clock(), bytes);
  profiles.noteFlags(profileId, move?.flags ?? []);
  writeJsonFile(receipt, { parcelId });
}

function placeOf(parcel: Pick<ParcelPlace, "parcelId" | "token">, { home, signal }: TaskContext): ParcelPlace {
  const pairing = loadPairing(home);
  if (!pairing) throw new Error("the runner is not paired");
  return { serverUrl: pairing.serverUrl, ...parcel, signal };
}

async function heldBy(profileDir: string): Promise<AsyncDisposable | undefined> {
  const lock = await lockProfile(profileDir);
  return lock && { [Symbol.asyncDispose]: () => lock.release() };
}

/** Resolves when the parcel is taken, removed or too old; a server that cannot be reached is asked again. */
async function untilOver(place: ParcelPlace, clock: () => number): Promise<void> {
  const end = clock() + heldMs;
  while (clock() < end) {
    const state = await lookForParcel(place).catch(() => "unknown");
    if (state === "over") return;
    await delay(lookEveryMs, undefined, { signal: place.signal });
  }
}
