import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import * as z from "zod";
import { BackupError } from "../backup-error.ts";
import { type ObjectPath, type Storage, StorageError } from "../storage/storage.ts";
import type { RepositoryKey } from "./repository-key.ts";

/**
 * The repository's key, locked in two boxes (age): one opens with the owner's passphrase (scrypt), one with a recovery key (X25519).
 * A passphrase is changed by making its box anew; what is sealed with the key stays as it is.
 */
const slots = { passphrase: "keys/passphrase.age", recovery: "keys/recovery.age" } as const satisfies Record<string, ObjectPath>;

const content = z.object({ v: z.literal(1), key: z.base64(), repositoryId: z.uuid() });
export type OpenedKey = { key: RepositoryKey; repositoryId: string };

/** Work of scrypt for a passphrase, as a power of two: about a second. */
const WORK_FACTOR = 18;

export async function hasRepository(storage: Storage): Promise<boolean> {
  return (await storage.list("keys")).some(({ name }) => `keys/${name}` === slots.passphrase);
}

export async function lockByPassphrase(storage: Storage, opened: OpenedKey, passphrase: string, workFactor = WORK_FACTOR): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(workFactor);
  encrypter.setPassphrase(passphrase.normalize("NFC"));
  await storage.put(slots.passphrase, Buffer.from(await encrypter.encrypt(text(opened))));
}

/** @returns the recovery key, which is kept nowhere: whoever has it opens the repository */
export async function lockByRecoveryKey(storage: Storage, opened: OpenedKey): Promise<string> {
  const recoveryKey = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(recoveryKey));
  await storage.put(slots.recovery, Buffer.from(await encrypter.encrypt(text(opened))));
  return recoveryKey;
}

/** @throws BackupError NO_REPOSITORY, WRONG_PASSPHRASE */
export function openByPassphrase(storage: Storage, passphrase: string): Promise<OpenedKey> {
  return open(storage, slots.passphrase, "WRONG_PASSPHRASE", (decrypter) => decrypter.addPassphrase(passphrase.normalize("NFC")));
}

/** @throws BackupError NO_REPOSITORY, WRONG_RECOVERY_KEY */
export function openByRecoveryKey(storage: Storage, recoveryKey: string): Promise<OpenedKey> {
  return open(storage, slots.recovery, "WRONG_RECOVERY_KEY", (decrypter) => decrypter.addIdentity(recoveryKey.trim()));
}

async function open(
  storage: Storage,
  slot: ObjectPath,
  wrong: "WRONG_PASSPHRASE" | "WRONG_RECOVERY_KEY",
  prepare: (decrypter: Decrypter) => void,
): Promise<OpenedKey> {
  const locked = await storage.get(slot).catch((error) => {
    if (error instanceof StorageError && error.code === "NOT_FOUND") throw new BackupError("NO_REPOSITORY", slot);
    throw error;
  });
  let clear: string;
  try {
    const decrypter = new Decrypter();
    prepare(decrypter);
    clear = await decrypter.decrypt(locked, "text");
  } catch {
    // the library's own words could say what was typed
    throw new BackupError(wrong);
  }
  const read = content.safeParse(JSON.parse(clear));
  if (!read.success) throw new BackupError("NEWER_FORMAT");
  return { key: Buffer.from(read.data.key, "base64"), repositoryId: read.data.repositoryId };
}

function text({ key, repositoryId }: OpenedKey): string {
  return JSON.stringify({ v: 1, key: key.toString("base64"), repositoryId } satisfies z.infer<typeof content>);
}
