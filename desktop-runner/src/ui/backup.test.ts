import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { until, useRunnerBed } from "../testing/runner-bed.ts";
import { readPageAddress } from "./page-address.ts";
import { PageVisitor } from "./testing/page-visitor.ts";
import type { PageBackup } from "./view.ts";

const bed = useRunnerBed();
const passphrase = "several words that are easy";

async function owner(): Promise<PageVisitor> {
  await bed.connected({ localPort: 0 });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  return new PageVisitor(bed.paired.home).enter();
}
const place = () => path.join(bed.paired.home.folder, "elsewhere");
const setUp = (more: object = {}) => ({
  storage: { kind: "folder", folder: place() },
  existing: false,
  passphrase,
  recoveryKey: "",
  ...more,
});
type Standing = Extract<PageBackup, { damaged: false }>;
const standing = async (page: PageVisitor) => (await page.state()).backup as Standing;
const idle = (page: PageVisitor) =>
  vi.waitFor(
    async () => {
      const backup = await standing(page);
      expect(backup.running).toBeNull();
      return backup;
    },
    { interval: 100 },
  );

describe("backups from the page", () => {
  it("are set up with a recovery key that is told once, made, looked through, and put back", async () => {
    const page = await owner();
    const profileId = randomUUID();
    const profileDir = path.join(bed.paired.home.profilesFolder, profileId);
    const stateOf = (value: string) => ({ cookies: [], origins: [{ origin: "http://a", localStorage: [{ name: "k", value }] }] });
    await saveProfileState(profileDir, stateOf("first"));
    expect((await page.state()).backup).toBeNull();

    const made = await page.post("/api/backup/set-up", setUp());
    expect(made).toMatchObject({ status: 200, body: { recoveryKey: expect.stringMatching(/^AGE-SECRET-KEY-1/) } });
    expect(made.body.backup).toMatchObject({ place: place(), schedule: "off", succeededAt: null, running: null });
    expect(JSON.stringify(await page.state())).not.toContain(String(made.body.recoveryKey));
    const kept = readFileSync(path.join(bed.paired.home.backupFolder, "settings.json"), "utf8");
    for (const secret of [passphrase, String(made.body.recoveryKey)]) expect(kept).not.toContain(secret);

    expect((await page.post("/api/backup/begin", { action: "run" })).body.backup).toMatchObject({ running: { action: "run" } });
    expect((await page.post("/api/backup/begin", { action: "verify" })).status).toBe(409);
    expect(await idle(page)).toMatchObject({ succeededAt: expect.any(Number), last: { profiles: 1 }, failure: null });
    await page.post("/api/backup/begin", { action: "verify" });
    expect(await idle(page)).toMatchObject({ verified: { isWhole: true } });

    await saveProfileState(profileDir, stateOf("second"));
    await page.post("/api/backup/begin", { action: "restore" });
    expect(await idle(page)).toMatchObject({ restored: { done: 1, failed: 0, failure: null } });
    expect((await loadProfileState(profileDir)).state).toEqual(stateOf("first"));
    expect((await page.post("/api/backup/schedule", { when: "6h" })).body.backup).toMatchObject({ schedule: "every 6 h" });
    expect(await page.post("/api/backup/schedule", { when: "now and then" })).toMatchObject({ status: 422 });
    expect(await page.post("/api/backup/set-up", setUp())).toMatchObject({ status: 409 });
  });

  it("refuse what cannot be, with what to do", async () => {
    const page = await owner();
    const refused = async (more: object) => (await page.post("/api/backup/set-up", setUp(more))).body;
    expect(await refused({ passphrase: "short" })).toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining("12 characters"),
    });
    expect(await refused({ storage: { kind: "folder", folder: "" } })).toMatchObject({ code: "INVALID_INPUT" });
    expect(await refused({ existing: true })).toMatchObject({
      code: "NOT_POSSIBLE",
      message: expect.stringContaining("no backup at this place"),
    });
    expect(await refused({ storage: { kind: "webdav", url: "nonsense", user: "", password: "" } })).toMatchObject({
      code: "INVALID_INPUT",
    });
    expect((await page.post("/api/backup/begin", { action: "run" })).status).toBe(409);
  });
});
