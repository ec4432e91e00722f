import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { RunnerHome } from "../../identity/home.ts";
import { loadPairing } from "../../identity/pairing-file.ts";
import { BackupError } from "../backup-error.ts";
import { usualRetention } from "../engine/retention.ts";
import {
  hasRepository,
  lockByPassphrase,
  lockByRecoveryKey,
  type OpenedKey,
  openByPassphrase,
  openByRecoveryKey,
} from "../repository/key-slots.ts";
import { newRepositoryKey } from "../repository/repository-key.ts";
import { patient, usualPatience } from "../storage/patient.ts";
import { type BackupSettings, findBackupSettings, loadBackupSettings, saveBackupSettings } from "./backup-settings.ts";
import { openStorage } from "./open-storage.ts";
import type { StorageConfig } from "./storage-config.ts";

export type Opening = { passphrase: string } | { recoveryKey: string };

/**
 * Makes a repository in an empty storage and has this runner use it.
 * @returns the recovery key, which is kept nowhere
 * @throws BackupError ALREADY_SET_UP, REPOSITORY_EXISTS; StorageError
 */
export async function setUpBackup(home: RunnerHome, config: StorageConfig, passphrase: string, workFactor?: number): Promise<string> {
  if (findBackupSettings(home)) throw new BackupError("ALREADY_SET_UP");
  return withStorage(config, async (storage) => {
    if (await hasRepository(storage)) throw new BackupError("REPOSITORY_EXISTS");
    const opened = { key: newRepositoryKey(), repositoryId: randomUUID() };
    // the passphrase last: what was broken off here is no repository that somebody could have the key of
    const recoveryKey = await lockByRecoveryKey(storage, opened);
    await lockByPassphrase(storage, opened, passphrase, workFactor);
    saveBackupSettings(home, fresh(home, config, opened));
    return recoveryKey;
  });
}

/**
 * Has this runner use a repository that is there: a new machine's, or a second runner's.
 * @throws BackupError ALREADY_SET_UP, NO_REPOSITORY, WRONG_PASSPHRASE, WRONG_RECOVERY_KEY; StorageError
 */
export async function joinBackup(home: RunnerHome, config: StorageConfig, opening: Opening): Promise<void> {
  if (findBackupSettings(home)) throw new BackupError("ALREADY_SET_UP");
  const opened = await withStorage(config, (storage) =>
    "passphrase" in opening ? openByPassphrase(storage, opening.passphrase) : openByRecoveryKey(storage, opening.recoveryKey),
  );
  saveBackupSettings(home, fresh(home, config, opened));
}

/** Locks the key by another passphrase: of one that was forgotten too, as the key is here. @throws BackupError NOT_SET_UP */
export async function changePassphrase(home: RunnerHome, passphrase: string, workFactor?: number): Promise<void> {
  const { storage: config, key, repositoryId } = loadBackupSettings(home);
  const opened = { key: Buffer.from(key, "base64"), repositoryId };
  await withStorage(config, (storage) => lockByPassphrase(storage, opened, passphrase, workFactor));
}

/** A new recovery key in place of the one before. @throws BackupError NOT_SET_UP */
export async function changeRecoveryKey(home: RunnerHome): Promise<string> {
  const { storage: config, key, repositoryId } = loadBackupSettings(home);
  return withStorage(config, (storage) => lockByRecoveryKey(storage, { key: Buffer.from(key, "base64"), repositoryId }));
}

function fresh(home: RunnerHome, storage: StorageConfig, { key, repositoryId }: OpenedKey): BackupSettings {
  const pairing = loadPairing(home);
  return {
    v: 1,
    repositoryId,
    key: key.toString("base64"),
    writer: { id: pairing?.runnerId ?? randomUUID(), name: pairing?.name ?? hostname() },
    storage,
    schedule: { kind: "off" },
    retention: usualRetention,
    artifacts: false,
    follow: false,
  };
}

async function withStorage<T>(config: StorageConfig, work: (storage: ReturnType<typeof patient>) => Promise<T>): Promise<T> {
  const storage = patient(await openStorage(config), { ...usualPatience, retries: 1 });
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}
