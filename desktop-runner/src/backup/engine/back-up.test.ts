import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockProfile } from "../../browser/profile-store.ts";
import type { RunnerHome } from "../../identity/home.ts";
import { openJournalDatabase } from "../../journal/database.ts";
import { writeSettings } from "../content/profile-settings.ts";
import { openByPassphrase, openByRecoveryKey } from "../repository/key-slots.ts";
import { openFolder } from "../storage/folder.ts";
import { type Storage, StorageError } from "../storage/storage.ts";
import { BackupBed, filesBelow, passphrase, secretWords } from "../testing/backup-bed.ts";
import { backUp } from "./back-up.ts";
import { restore } from "./restore.ts";
import { verify } from "./verify.ts";

let bed: BackupBed;
let home: RunnerHome;
beforeEach(() => {
  bed = new BackupBed();
  home = bed.home();
});
afterEach(() => bed.remove());

const run = (options: Parameters<BackupBed["operation"]>[0] = {}) =>
  backUp({ ...bed.operation({ home, ...options }), withArtifacts: false });
const everything = { withPolicy: true };
const state = (of: RunnerHome, id: string) => readFileSync(path.join(of.profilesFolder, id, "state.json"), "utf8");
const settingsOf = (of: RunnerHome, id: string) => {
  const database = openJournalDatabase(of.journalFile);
  try {
    return database.prepare("select revision, settings from profiles where id = ?").get(id);
  } finally {
    database.close();
  }
};

describe("a backup", () => {
  it("comes back on an empty machine, by the passphrase or the recovery key, as it was", async () => {
    await bed.lock();
    const shared = bed.addProfile(home, "1");
    const dedicated = bed.addProfile(home, "2");
    const history = randomBytes(3_000_000);
    bed.addUserData(home, dedicated, history);
    writeSettings(home, dedicated, { revision: 3, settings: { engine: "dedicated" } });
    writeFileSync(home.policyFile, '{"version":1}');
    mkdirSync(path.join(home.profilesFolder, "not-a-profile"));
    const report = await run();
    // the folder that is none is passed over
    expect(report).toMatchObject({ profiles: 2, files: 3, inUse: [] });

    const storage = openFolder(bed.storageFolder);
    for (const [name, opened] of [
      ["by passphrase", await openByPassphrase(storage, passphrase)],
      ["by recovery key", await openByRecoveryKey(storage, `${bed.recoveryKey}\n`)],
    ] as const) {
      const empty = bed.home(name);
      const restored = await restore(bed.operation({ home: empty, opened, writer: "new-runner" }), everything);
      expect(restored).toMatchObject({ restored: [shared, dedicated].sort(), failed: [], policy: true });
      expect(state(empty, shared)).toBe(bed.state("1"));
      expect(readFileSync(path.join(empty.profilesFolder, dedicated, "user-data/Default/History")).equals(history)).toBe(true);
      // neither caches nor what says that a browser is open
      expect(readdirSync(path.join(empty.profilesFolder, dedicated, "user-data"), { recursive: true }).sort()).toEqual([
        "Default",
        "Default/History",
      ]);
      expect(settingsOf(empty, dedicated)).toEqual({ revision: 3, settings: '{"engine":"dedicated"}' });
      expect(readFileSync(empty.policyFile, "utf8")).toBe('{"version":1}');
      expect(statSync(path.join(empty.profilesFolder, shared, "state.json")).mode & 0o777).toBe(0o600);
    }
  });

  it("opens with nothing else", async () => {
    await bed.lock();
    const storage = openFolder(bed.storageFolder);
    await expect(openByPassphrase(storage, "correct horse")).rejects.toMatchObject({
      code: "WRONG_PASSPHRASE",
      message: "WRONG_PASSPHRASE",
    });
    await expect(openByRecoveryKey(storage, passphrase)).rejects.toMatchObject({
      code: "WRONG_RECOVERY_KEY",
      message: "WRONG_RECOVERY_KEY",
    });
    await expect(openByPassphrase(openFolder(path.join(bed.folder, "nowhere")), passphrase)).rejects.toMatchObject({
      code: "NO_REPOSITORY",
    });
  });

  it("sends next to nothing when 200 profiles have not changed, and only what one that has changed is made of", async () => {
    const ids = Array.from({ length: 200 }, () => bed.addProfile(home, randomBytes(15_000).toString("base64")));
    const first = await run();
    expect(first.bytesSent).toBeGreaterThan(200 * 15_000);
    const second = await run();
    expect(second).toMatchObject({ profiles: 200, bytesRead: 0, bytesSent: 0 });
    // read anew, as by a runner that has lost what it remembered
    rmSync(home.backupFolder, { recursive: true });
    const third = await run();
    expect(third.bytesRead).toBeGreaterThan(200 * 15_000);
    expect(third.bytesSent).toBe(0);
    bed.addProfile(home, "changed", ids[7] as string);
    expect((await run()).bytesSent).toBeLessThan(2_000);
  });

  it("sends the part of a large file that has changed", async () => {
    const id = bed.addProfile(home, "1");
    const content = randomBytes(8_000_000);
    bed.addUserData(home, id, content);
    await run();
    bed.addUserData(home, id, Buffer.concat([content.subarray(0, 4_000_000), Buffer.from("inserted"), content.subarray(4_000_000)]));
    const { bytesSent } = await run();
    expect(bytesSent).toBeGreaterThan(0);
    expect(bytesSent).toBeLessThan(1_500_000);
  });

  it("lets the storage read nothing, and confirm nothing", async () => {
    await bed.lock();
    const id = bed.addProfile(home, "the cookie's value");
    bed.addUserData(home, id, Buffer.alloc(300_000, "text that compresses "));
    writeSettings(home, id, { revision: 1, settings: { engine: "dedicated" } });
    writeFileSync(home.policyFile, '{"version":1}');
    await run();
    const held = filesBelow(bed.storageFolder);
    const everythingHeld = Object.entries(held).flat().join("\n");
    for (const word of [
      ...secretWords,
      id,
      "the cookie's value",
      "text that compresses",
      "runner-one",
      bed.opened.key.toString("base64"),
    ]) {
      expect(everythingHeld).not.toContain(word);
    }
    // the same content under another key has other names and other bytes
    const other = new BackupBed();
    try {
      await backUp({ ...other.operation({ home }), withArtifacts: false });
      const theirs = filesBelow(other.storageFolder);
      expect(Object.keys(theirs).filter((name) => name in held)).toEqual([]);
    } finally {
      other.remove();
    }
  });

  it("takes a profile that is in use by what was saved before, and what is put in place whole as it is now", async () => {
    const id = bed.addProfile(home, "1");
    bed.addUserData(home, id, Buffer.from("saved"));
    await run();
    bed.addProfile(home, "2", id);
    bed.addUserData(home, id, Buffer.from("half written"));
    const lock = await lockProfile(path.join(home.profilesFolder, id));
    expect((await run()).inUse).toEqual([id]);
    await lock?.release();
    const empty = bed.home("empty");
    await restore(bed.operation({ home: empty }), everything);
    expect(state(empty, id)).toBe(bed.state("2"));
    expect(readFileSync(path.join(empty.profilesFolder, id, "user-data/Default/History"), "utf8")).toBe("saved");
    expect((await run()).inUse).toEqual([]);
  });

  it("reads a file again whose time and size say nothing", async () => {
    const id = bed.addProfile(home, "1");
    const file = path.join(home.profilesFolder, id, "state.json");
    const { atime, mtime } = statSync(file);
    await run();
    writeFileSync(file, bed.state("2"));
    utimesSync(file, atime, mtime);
    await run();
    const empty = bed.home("empty");
    await restore(bed.operation({ home: empty }), everything);
    expect(state(empty, id)).toBe(bed.state("2"));
  });
});

describe("a storage that is full", () => {
  it("fails the backup and leaves what was there; with room, the next one goes on", async () => {
    const kept = bed.addProfile(home, "1");
    await run();
    const added = bed.addProfile(home, randomBytes(400_000).toString("base64"));
    const inner = openFolder(bed.storageFolder);
    for (const object of ["packs", "indexes", "snapshots"]) {
      const full: Storage = {
        ...inner,
        put: async (name, content) => {
          if (name.startsWith(object)) throw new StorageError("FULL", name);
          await inner.put(name, content);
        },
      };
      await expect(run({ storage: full })).rejects.toMatchObject({ code: "FULL" });
      expect(await verify(bed.operation({ home }), {})).toMatchObject({ isWhole: true, snapshots: 1 });
      expect(await inner.list("locks")).toEqual([]);
    }
    expect((await run()).profiles).toBe(2);
    const empty = bed.home("empty");
    expect((await restore(bed.operation({ home: empty }), everything)).restored).toEqual([kept, added].sort());
  });

  it("fails a restore on a full disk with what is here left as it was", async () => {
    const id = bed.addProfile(home, "1");
    await run();
    bed.addProfile(home, "2", id);
    const { repository, ...operation } = bed.operation({ home });
    const noRoom = Object.assign(new Error("no room"), { code: "ENOSPC" });
    repository.readPack = async () => {
      throw noRoom;
    };
    await expect(restore({ ...operation, repository }, everything)).rejects.toBe(noRoom);
    expect(state(home, id)).toBe(bed.state("2"));
  });
});

describe("a restore", () => {
  it("brings back one profile of one snapshot, over what is there", async () => {
    const [a, b] = [bed.addProfile(home, "1"), bed.addProfile(home, "1")];
    const { snapshot } = await run();
    for (const id of [a, b]) bed.addProfile(home, "2", id);
    await run();
    for (const id of [a, b]) bed.addProfile(home, "3", id);
    await restore(bed.operation({ home }), { snapshotId: snapshot.id.slice(0, 8), profileIds: [a], withPolicy: false });
    expect([state(home, a), state(home, b)]).toEqual([bed.state("1"), bed.state("3")]);
    await expect(restore(bed.operation({ home }), { snapshotId: "ffffffff-", withPolicy: false })).rejects.toMatchObject({
      code: "SNAPSHOT_UNKNOWN",
    });
  });

  it("leaves a profile be that somebody uses, and restores the others", async () => {
    const [used, free] = [bed.addProfile(home, "1"), bed.addProfile(home, "1")];
    await run();
    for (const id of [used, free]) bed.addProfile(home, "2", id);
    const lock = await lockProfile(path.join(home.profilesFolder, used));
    const report = await restore(bed.operation({ home }), everything);
    await lock?.release();
    expect(report).toMatchObject({ restored: [free], failed: [{ profileId: used, code: "PROFILE_IN_USE" }] });
    expect([state(home, used), state(home, free)]).toEqual([bed.state("2"), bed.state("1")]);
  });
});

describe("a storage that loses or changes something", () => {
  const objects = (kind: string) => readdirSync(path.join(bed.storageFolder, kind)).map((name) => path.join(bed.storageFolder, kind, name));

  it("is found out, with the profiles that are hit; the others come back, and the next backup mends what is still here", async () => {
    const first = bed.addProfile(home, "1");
    const { snapshot } = await run();
    const [lost] = objects("packs") as [string];
    const second = bed.addProfile(home, "2");
    await run();
    expect(await verify(bed.operation({ home }), {})).toMatchObject({ isWhole: true, changed: [], hit: [] });

    for (const damage of [() => rmSync(lost), () => writeFileSync(lost, randomBytes(4_000)), () => appendFileSync(lost, "x")]) {
      damage();
      const found = await verify(bed.operation({ home }), {});
      expect(found.isWhole).toBe(false);
      expect(found.hit.find(({ profileId }) => profileId === first)?.snapshotIds).toContain(snapshot.id);
      expect(found.hit.some(({ profileId }) => profileId === second)).toBe(false);
    }
    const empty = bed.home("empty");
    expect(await restore(bed.operation({ home: empty }), { withPolicy: false })).toMatchObject({
      restored: [second],
      failed: [{ profileId: first }],
    });

    rmSync(lost);
    expect((await run()).bytesSent).toBeGreaterThan(0);
    expect(await verify(bed.operation({ home }), {})).toMatchObject({ isWhole: true });
  });

  it("may lose every index: the packs say what is in them", async () => {
    const id = bed.addProfile(home, "1");
    await run();
    for (const file of objects("indexes")) rmSync(file);
    const empty = bed.home("empty");
    expect(await restore(bed.operation({ home: empty }), everything)).toMatchObject({ restored: [id], failed: [] });
  });

  it("tells of a snapshot that was changed, and the others are good", async () => {
    const id = bed.addProfile(home, "1");
    await run();
    const before = new Set(objects("snapshots"));
    bed.addProfile(home, "2", id);
    await run();
    const newest = objects("snapshots").find((file) => !before.has(file)) as string;
    const bytes = readFileSync(newest);
    bytes[60] = (bytes[60] as number) ^ 1;
    writeFileSync(newest, bytes);
    // somebody who has seen it already would not ask for it again
    const fresh = bed.home("fresh");
    expect((await verify(bed.operation({ home: fresh }), {})).changed).toEqual([`snapshots/${path.basename(newest)}`]);
    await restore(bed.operation({ home: fresh }), everything);
    expect(state(fresh, id)).toBe(bed.state("1"));
  });

  it("may be looked at by a sample", async () => {
    bed.addProfile(home, "1");
    await run();
    bed.addProfile(home, "2");
    await run();
    expect(await verify(bed.operation({ home }), { sample: 0.5 })).toMatchObject({ packs: 2, packsRead: 1, isWhole: true });
  });
});
