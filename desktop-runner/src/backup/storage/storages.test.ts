import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backUp } from "../engine/back-up.ts";
import { prune } from "../engine/prune.ts";
import { restore } from "../engine/restore.ts";
import { verify } from "../engine/verify.ts";
import { openByPassphrase } from "../repository/key-slots.ts";
import { BackupBed, filesBelow, passphrase } from "../testing/backup-bed.ts";
import type { FakeCloud } from "../testing/fake-cloud.ts";
import { fakeDropbox } from "../testing/fake-dropbox.ts";
import { fakeGoogleDrive } from "../testing/fake-google-drive.ts";
import { startS3Server } from "../testing/s3-server.ts";
import { startSshServer } from "../testing/ssh-server.ts";
import { startWebdavServer } from "../testing/webdav-server.ts";
import { type DropboxEndpoints, openDropbox } from "./dropbox.ts";
import { openFolder } from "./folder.ts";
import { type DriveEndpoints, findDriveFolder, openGoogleDrive } from "./google-drive.ts";
import { patient } from "./patient.ts";
import { openS3 } from "./s3.ts";
import { openSftp, readHostKey } from "./sftp.ts";
import type { Storage } from "./storage.ts";
import { openWebdav } from "./webdav.ts";

type Kind = {
  name: string;
  start(): Promise<{
    storage: Storage;
    /** Where its files are, when it has any. */
    folder?: string;
    denied?: () => Storage;
    stop(): Promise<void>;
  }>;
};

const driveEndpoints = ({ url }: FakeCloud): DriveEndpoints => ({ api: url, token: `${url}/token` });
const dropboxEndpoints = ({ url }: FakeCloud): DropboxEndpoints => ({ api: url, content: url, token: `${url}/oauth2/token` });
const oauth = { clientId: "client", refreshToken: "refresh" };

const kinds: Kind[] = [
  {
    name: "a folder",
    async start() {
      const folder = mkdtempSync(path.join(tmpdir(), "deskhand-storage-"));
      return {
        storage: openFolder(path.join(folder, "below")),
        folder: path.join(folder, "below"),
        stop: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  {
    name: "SFTP (OpenSSH)",
    async start() {
      const server = await startSshServer();
      const { port, user, hostKey, privateKey } = server;
      expect(await readHostKey({ host: "127.0.0.1", port, user })).toBe(hostKey);
      const config = { host: "127.0.0.1", port, user, hostKey, privateKey, folder: `${server.folder}/a/b` };
      const storage = openSftp(config);
      const stop = async () => {
        await storage.close();
        await server.stop();
      };
      return { storage, folder: config.folder, denied: () => openSftp({ ...config, privateKey: undefined, password: "wrong" }), stop };
    },
  },
  {
    name: "S3 (s3rver)",
    async start() {
      const { stop, ...server } = await startS3Server();
      const config = { ...server, region: "us-east-1", prefix: "of/ann" };
      return { storage: openS3(config), denied: () => openS3({ ...config, accessKeyId: "wrong" }), stop };
    },
  },
  {
    name: "WebDAV (nginx)",
    async start() {
      const { stop, ...server } = await startWebdavServer();
      return {
        storage: openWebdav(server),
        folder: path.join(server.folder, "backup"),
        denied: () => openWebdav({ ...server, password: "wrong" }),
        stop,
      };
    },
  },
  {
    name: "Google Drive (by its description)",
    async start() {
      const cloud = await fakeGoogleDrive().listen();
      const endpoints = driveEndpoints(cloud);
      const folderId = await findDriveFolder(oauth, "Deskhand's backup", endpoints);
      expect(await findDriveFolder(oauth, "Deskhand's backup", endpoints)).toBe(folderId);
      const stop = async () => {
        await cloud.stop();
        expect(cloud.problems).toEqual([]);
      };
      const open = (refreshToken: string) => openGoogleDrive({ ...oauth, refreshToken, folderId }, endpoints);
      return { storage: open("refresh"), denied: () => open("revoked"), stop };
    },
  },
  {
    name: "Dropbox (by its description)",
    async start() {
      const cloud = await fakeDropbox().listen();
      const stop = async () => {
        await cloud.stop();
        expect(cloud.problems).toEqual([]);
      };
      const open = (refreshToken: string) => openDropbox({ ...oauth, refreshToken, folder: "/backup/" }, dropboxEndpoints(cloud));
      return { storage: open("refresh"), denied: () => open("revoked"), stop };
    },
  },
];

describe.each(kinds)("a storage: $name", ({ start }) => {
  let started: Awaited<ReturnType<Kind["start"]>>;
  let storage: Storage;
  beforeAll(async () => {
    started = await start();
    storage = started.storage;
  });
  afterAll(() => started.stop());

  it("has nothing at the beginning, and says so of what is not there", async () => {
    expect(await storage.list("packs")).toEqual([]);
    await expect(storage.get("packs/none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await storage.delete("packs/none");
  });

  it("gives back what it was given, lists it with its size and time, and no other folder's", async () => {
    const contents = new Map([0, 1, 70_000, 9_000_000].map((size) => [`object-${size}`, randomBytes(size)]));
    for (const [name, content] of contents) await storage.put(`packs/${name}`, content);
    await storage.put("keys/passphrase.age", Buffer.from("key"));
    for (const [name, content] of contents) expect((await storage.get(`packs/${name}`)).equals(content)).toBe(true);
    const listed = await storage.list("packs");
    expect(new Map(listed.map(({ name, bytes }) => [name, bytes]))).toEqual(
      new Map([...contents].map(([name, { length }]) => [name, length])),
    );
    expect(listed.every(({ modifiedAt }) => modifiedAt > Date.UTC(2025, 0, 1))).toBe(true);
  });

  it("puts over what there is, and deletes", async () => {
    await storage.put("locks/one", Buffer.from("first"));
    await storage.put("locks/one", Buffer.from("second"));
    expect((await storage.get("locks/one")).toString()).toBe("second");
    expect(await storage.list("locks")).toHaveLength(1);
    await storage.delete("locks/one");
    expect(await storage.list("locks")).toEqual([]);
    await expect(storage.get("locks/one")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("says that it is denied without a word of what was tried", async () => {
    const denied = started.denied?.();
    if (!denied) return;
    const error = await denied.list("packs").catch((failure) => failure);
    await denied.close();
    expect(error).toMatchObject({ code: "DENIED" });
    expect(JSON.stringify([error.message, error.cause?.message])).not.toMatch(/wrong|revoked/);
  });

  it("keeps a backup: it is made, read on an empty machine, verified and pruned", async () => {
    const bed = new BackupBed();
    try {
      for (const kind of ["packs", "keys"] as const)
        for (const { name } of await storage.list(kind)) await storage.delete(`${kind}/${name}`);
      const calm = patient(storage, { retries: 2, waitMs: 1, timeoutMs: 60_000, concurrency: 4 });
      await bed.lock(calm);
      const home = bed.home();
      const ids = [bed.addProfile(home, "1"), bed.addProfile(home, randomBytes(200_000).toString("hex"))];
      const run = () => backUp({ ...bed.operation({ home, storage: calm }), withArtifacts: false });
      await run();
      bed.addProfile(home, "2", ids[0]);
      await run();
      if (started.folder) writeFileSync(path.join(started.folder, "packs", "half.x.tmp"), "half written");
      const empty = bed.home("empty");
      await restore(bed.operation({ home: empty, storage: calm, opened: await openByPassphrase(calm, passphrase) }), { withPolicy: true });
      expect(filesBelow(empty.profilesFolder)).toEqual(filesBelow(home.profilesFolder));
      const report = await prune(bed.operation({ home, storage: calm }), { rules: { last: 1, daily: 0, weekly: 0, monthly: 0 } });
      expect(report.removed).toHaveLength(1);
      expect(await verify(bed.operation({ home, storage: calm }), {})).toMatchObject({ isWhole: true, snapshots: 1 });
      expect(await storage.list("locks")).toEqual([]);
      if (started.folder) expect(readdirSync(path.join(started.folder, "packs")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    } finally {
      bed.remove();
    }
  });
});

it("an SSH server with another key than the one of set-up is not talked to", async () => {
  const server = await startSshServer();
  const { port, user, privateKey, folder } = server;
  const storage = openSftp({ host: "127.0.0.1", port, user, privateKey, folder, hostKey: `SHA256:${"A".repeat(43)}` });
  await expect(storage.list("packs")).rejects.toMatchObject({ code: "HOST_KEY_CHANGED" });
  await storage.close();
  await server.stop();
});

describe("the clouds", () => {
  it("get a new token when the one before has ended, are asked again later when they are busy, and say when they are full", async () => {
    const cloud = await fakeDropbox().listen();
    const storage = patient(openDropbox({ ...oauth, folder: "" }, dropboxEndpoints(cloud)), {
      retries: 3,
      waitMs: 1,
      timeoutMs: 10_000,
      concurrency: 2,
    });
    cloud.next.push({ status: 401, json: { error_summary: "expired_access_token/" } }, { status: 429, json: {} }, { status: 503 });
    await storage.put("packs/one", Buffer.from("content"));
    expect((await storage.get("packs/one")).toString()).toBe("content");
    expect(cloud.tokensGiven).toBe(2);
    cloud.next.push({ status: 409, json: { error_summary: "path/insufficient_space/" } });
    await expect(storage.put("packs/two", Buffer.from("x"))).rejects.toMatchObject({ code: "FULL" });
    await cloud.stop();

    const drive = await fakeGoogleDrive().listen();
    const other = patient(openGoogleDrive({ ...oauth, folderId: "f" }, driveEndpoints(drive)), {
      retries: 3,
      waitMs: 1,
      timeoutMs: 10_000,
      concurrency: 2,
    });
    const reason = (code: string) => ({ status: 403, json: { error: { errors: [{ reason: code }] } } });
    drive.next.push(reason("userRateLimitExceeded"));
    expect(await other.list("packs")).toEqual([]);
    drive.next.push(reason("storageQuotaExceeded"));
    await expect(other.put("packs/two", Buffer.from("x"))).rejects.toMatchObject({ code: "FULL" });
    await drive.stop();
  });
});
