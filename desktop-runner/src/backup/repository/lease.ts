import { randomBytes } from "node:crypto";
import * as z from "zod";
import { BackupError } from "../backup-error.ts";
import { StorageError } from "../storage/storage.ts";
import type { Repository } from "./repository.ts";
import { sealJson, unsealJson } from "./seal.ts";

const lock = z.object({ exclusive: z.boolean(), writer: z.string() });

/** A lock that was not renewed for this long is of somebody who is gone, milliseconds. */
const STALE_MS = 10 * 60_000;
const RENEW_MS = 2 * 60_000;

export type Lease = {
  /** Whether it is still held; asks the storage. @throws BackupError LEASE_LOST */
  check(): Promise<void>;
  release(): Promise<void>;
};

/**
 * Keeps others out who would harm: backups go side by side (what they write is only added), an exclusive one (prune) goes alone.
 * No storage can compare and swap everywhere, so each writes a lock and looks whether it is alone, as restic does. Ages are compared by the
 * storage's clock alone: other runners' clocks may be wrong.
 * @throws BackupError BUSY_ELSEWHERE
 */
export async function takeLease(repository: Repository, writer: string, options: { exclusive: boolean }): Promise<Lease> {
  const { storage, keys } = repository;
  const name = randomBytes(32).toString("hex");
  const write = async () => storage.put(`locks/${name}`, await sealJson(keys, "locks", { exclusive: options.exclusive, writer }));
  const release = () => storage.delete(`locks/${name}`);
  await write();
  try {
    await lookAround(repository, name, options.exclusive);
  } catch (error) {
    await release().catch(() => {});
    throw error;
  }
  let renewing: Promise<void> = Promise.resolve();
  const renewal = setInterval(() => {
    // one that was taken for stale is not written again: its holder has to see that
    renewing = isThere(repository, name)
      .then((held) => (held ? write() : undefined))
      .catch(() => {});
  }, RENEW_MS);
  renewal.unref();
  return {
    async check() {
      if (!(await isThere(repository, name))) throw new BackupError("LEASE_LOST");
    },
    async release() {
      clearInterval(renewal);
      await renewing;
      // one that cannot be taken away is stale soon
      await release().catch(() => {});
    },
  };
}

async function isThere({ storage }: Repository, name: string): Promise<boolean> {
  return (await storage.list("locks")).some((found) => found.name === name);
}

async function lookAround({ storage, keys }: Repository, own: string, exclusive: boolean): Promise<void> {
  const locks = await storage.list("locks");
  const mine = locks.find(({ name }) => name === own);
  if (!mine) throw new BackupError("LEASE_LOST");
  for (const { name, modifiedAt } of locks) {
    if (name === own) continue;
    if (mine.modifiedAt - modifiedAt > STALE_MS) {
      await storage.delete(`locks/${name}`);
      continue;
    }
    const theirs = await storage.get(`locks/${name}`).catch((error) => {
      if (error instanceof StorageError && error.code === "NOT_FOUND") return undefined;
      throw error;
    });
    if (!theirs) continue;
    const read = lock.safeParse(await unsealJson(keys, "locks", theirs).catch(() => undefined));
    // who cannot be read may be anybody
    if (exclusive || !read.success || read.data.exclusive) throw new BackupError("BUSY_ELSEWHERE");
  }
}

/** Takes away the locks of a writer, whose processes are all known to be gone. */
export async function breakLeases({ storage, keys }: Repository, writer: string): Promise<void> {
  for (const { name } of await storage.list("locks")) {
    const sealed = await storage.get(`locks/${name}`).catch(() => undefined);
    const read = sealed && lock.safeParse(await unsealJson(keys, "locks", sealed).catch(() => undefined));
    if (read?.success && read.data.writer === writer) await storage.delete(`locks/${name}`);
  }
}
