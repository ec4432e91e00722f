import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureHome, type RunnerHome, runnerHome } from "../../identity/home.ts";
import type { Operation } from "../engine/operation.ts";
import { lockByPassphrase, lockByRecoveryKey, type OpenedKey } from "../repository/key-slots.ts";
import { Repository } from "../repository/repository.ts";
import { newRepositoryKey } from "../repository/repository-key.ts";
import { openFolder } from "../storage/folder.ts";
import type { Storage } from "../storage/storage.ts";

/** What must never be read in a storage. */
export const secretWords = ["session-of-ann", "shop.example", "state.json", "user-data", "policy.json", "dedicated"];

export const passphrase = "correct horse battery staple";

/** A folder with runners' homes and a storage in it, and a clock. */
export class BackupBed {
  readonly folder = mkdtempSync(path.join(tmpdir(), "deskhand-backup-"));
  readonly storageFolder = path.join(this.folder, "storage");
  readonly opened: OpenedKey = { key: newRepositoryKey(), repositoryId: randomUUID() };
  recoveryKey = "";
  now = Date.UTC(2026, 2, 1);

  home(name = "home"): RunnerHome {
    const home = runnerHome({ DESKHAND_HOME: path.join(this.folder, name) });
    ensureHome(home);
    mkdirSync(home.backupFolder, { recursive: true, mode: 0o700 });
    return home;
  }

  async lock(storage: Storage = openFolder(this.storageFolder)): Promise<void> {
    await lockByPassphrase(storage, this.opened, passphrase, 2);
    this.recoveryKey = await lockByRecoveryKey(storage, this.opened);
  }

  operation(options: { home?: RunnerHome; storage?: Storage; writer?: string; opened?: OpenedKey } = {}): Operation {
    const home = options.home ?? this.home();
    const storage = options.storage ?? openFolder(this.storageFolder);
    const writer = options.writer ?? "runner-one";
    return {
      repository: new Repository(storage, options.opened ?? this.opened, path.join(home.backupFolder, "cache")),
      home,
      writer: { id: writer, name: writer },
      signal: new AbortController().signal,
      clock: () => {
        this.now += 60_000;
        return this.now;
      },
    };
  }

  /** A profile of the shared engine, whose state differs from the others'. */
  addProfile(home: RunnerHome, state: string, id: string = randomUUID()): string {
    const folder = path.join(home.profilesFolder, id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(folder, "state.json"), this.state(state), { mode: 0o600 });
    return id;
  }

  state(value: string): string {
    return JSON.stringify({ cookies: [{ name: "session-of-ann", value, domain: "shop.example" }], origins: [] });
  }

  /** Adds what a browser of its own writes, with a cache and a lock that no backup wants. */
  addUserData(home: RunnerHome, profileId: string, content: Buffer): void {
    const folder = path.join(home.profilesFolder, profileId, "user-data", "Default");
    mkdirSync(path.join(folder, "Cache"), { recursive: true });
    writeFileSync(path.join(folder, "History"), content);
    writeFileSync(path.join(folder, "Cache", "data_0"), "cached");
    writeFileSync(path.join(folder, "..", "SingletonLock"), "");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** All files below a folder, by their names within it. */
export function filesBelow(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) found[name] = readFileSync(file, "latin1");
  }
  return found;
}
