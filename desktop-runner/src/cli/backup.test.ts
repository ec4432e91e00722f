import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerHome } from "../identity/home.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { ids } from "./testing/views.ts";

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
});
afterEach(() => rm());
const rm = () => rmSync(rest.folder, { recursive: true, force: true });

const passphrase = "correct horse battery staple";
const homeOf = (name = "home") => runnerHome({ DESKHAND_HOME: path.join(rest.folder, name) });
const place = () => path.join(rest.folder, "place");
const backup = (args: string[], input = "", name = "home") =>
  rest.deskhand(["backup", ...args, "--json"], { input, env: { DESKHAND_HOME: homeOf(name).folder } });

function addProfile(id: string, content: string, name = "home"): void {
  const folder = path.join(homeOf(name).profilesFolder, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "state.json"), content);
}
const stateOf = (id: string, name = "home") => readFileSync(path.join(homeOf(name).profilesFolder, id, "state.json"), "utf8");

describe("deskhand backup", () => {
  it("goes the whole way: set up, run, list, verify, lost machine, restore by recovery key, new passphrase, prune", async () => {
    addProfile(ids.profile, "one");
    const made = await backup(["init", place()], `passphrase=${passphrase}\n`);
    expect(made).toMatchObject({ exitCode: 0, last: { place: place(), recoveryKey: expect.stringMatching(/^AGE-SECRET-KEY-1/) } });
    expect(statSync(path.join(homeOf().backupFolder, "settings.json")).mode & 0o777).toBe(0o600);
    const first = await backup(["run"]);
    expect(first.last).toMatchObject({ profiles: 1, files: 1, inUse: [] });
    expect(first.lines[0]).toMatchObject({ type: "progress", phase: "saving", total: 1 });
    addProfile(ids.profile, "two");
    await backup(["run"]);
    expect((await backup(["list"])).lines).toMatchObject([
      { type: "snapshot", kind: "backup", profiles: 1 },
      { snapshotId: first.last.snapshotId },
      { count: 2 },
    ]);
    const plain = (...args: string[]) => rest.deskhand(["backup", ...args], { env: { DESKHAND_HOME: homeOf().folder } });
    expect((await plain("list")).out).toMatch(/ {2}1 profile {2}\d+ B\n/);
    expect((await plain("list", first.last.snapshotId)).out).toMatch(/ {2}\d+ B {2}version 1\n/);
    expect((await backup(["list", first.last.snapshotId])).lines).toMatchObject([
      { type: "profile", profileId: ids.profile, version: { n: 1 } },
      { count: 1 },
    ]);
    expect(await backup(["verify", "--sample", "50"])).toMatchObject({ exitCode: 0, last: { isWhole: true, snapshots: 2 } });
    expect((await backup(["status"])).last).toMatchObject({
      place: place(),
      schedule: "off",
      failureCode: null,
      stored: { snapshots: 2 },
      verified: { isWhole: true },
    });

    expect(await backup(["init", place(), "--existing"], "passphrase=something else\n", "new")).toMatchObject({
      exitCode: 2,
      last: { code: "BACKUP_WRONG_PASSPHRASE" },
    });
    expect(await backup(["init", place(), "--existing"], `recovery-key=${made.last.recoveryKey}\n`, "new")).toMatchObject({ exitCode: 0 });
    expect(await backup(["restore"], "", "new")).toMatchObject({ exitCode: 0, last: { restored: [ids.profile], failed: [] } });
    expect(stateOf(ids.profile, "new")).toBe("two");
    await backup(["restore", first.last.snapshotId.slice(0, 8), "--profile", ids.profile], "", "new");
    expect(stateOf(ids.profile, "new")).toBe("one");

    expect(await backup(["passphrase"], "passphrase=another long passphrase\n")).toMatchObject({ exitCode: 0 });
    const { last: renewed } = await backup(["recovery-key"]);
    expect((await backup(["init", place(), "--existing"], `passphrase=${passphrase}\n`, "third")).last).toMatchObject({
      code: "BACKUP_WRONG_PASSPHRASE",
    });
    expect((await backup(["init", place(), "--existing"], `recovery-key=${made.last.recoveryKey}\n`, "third")).last).toMatchObject({
      code: "BACKUP_WRONG_RECOVERY_KEY",
    });
    expect(await backup(["init", place(), "--existing"], "passphrase=another long passphrase\n", "third")).toMatchObject({ exitCode: 0 });
    expect(await backup(["init", place(), "--existing", "--replace"], `recovery-key=${renewed.recoveryKey}\n`, "third")).toMatchObject({
      exitCode: 0,
    });

    expect(
      (await backup(["prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0"])).last,
    ).toMatchObject({ kept: 1, removed: [first.last.snapshotId] });
    const { last: left } = await backup(["list"]);
    expect(left).toMatchObject({ count: 1 });
  }, 60_000);

  it("keeps two runners in step when it is told to", async () => {
    addProfile(ids.profile, "one");
    await backup(["init", place()], `passphrase=${passphrase}\n`);
    await backup(["run"]);
    await backup(["init", place(), "--existing"], `passphrase=${passphrase}\n`, "second");
    expect(await backup(["follow", "on"], "", "second")).toMatchObject({ exitCode: 0, last: { follow: true } });
    expect((await backup(["run"], "", "second")).last).toMatchObject({ pulled: [ids.profile], conflicts: [] });
    expect(stateOf(ids.profile, "second")).toBe("one");
  }, 60_000);

  it("is scheduled in words", async () => {
    await backup(["init", place()], `passphrase=${passphrase}\n`);
    expect((await backup(["schedule", "6h"])).last).toMatchObject({ schedule: "every 6 h" });
    expect((await backup(["status"])).last).toMatchObject({ schedule: "every 6 h", nextAt: expect.stringMatching(/^20/) });
    expect((await backup(["schedule", "sometimes"])).last).toMatchObject({ code: "USAGE" });
  }, 60_000);

  const wrong: [string, string[], string, string][] = [
    ["no set-up", ["run"], "", "BACKUP_NOT_SET_UP"],
    ["no passphrase", ["init", "/tmp/x"], "", "USAGE"],
    ["a short passphrase", ["init", "/tmp/x"], "passphrase=short\n", "USAGE"],
    ["an unknown place", ["init", "ftp://host/x"], `passphrase=${passphrase}\n`, "USAGE"],
    ["a password in an address", ["init", "sftp://ann:secret@host/x"], `passphrase=${passphrase}\n`, "USAGE"],
    ["a cloud without an app", ["init", "dropbox"], `passphrase=${passphrase}\n`, "USAGE"],
    ["a bucket without keys", ["init", "s3:https://s3.example/b"], `passphrase=${passphrase}\n`, "USAGE"],
    ["nothing there", ["init", "/tmp/deskhand-no-such-place", "--existing"], `passphrase=${passphrase}\n`, "BACKUP_NO_REPOSITORY"],
  ];
  it.each(wrong)("ends with 2 and words for %s", async (_, args, input, code) => {
    const { exitCode, last, out } = await backup(args, input);
    expect({ exitCode, last }).toMatchObject({
      exitCode: 2,
      last: { type: "error", code, message: expect.any(String), whatToDo: expect.stringMatching(/\w/) },
    });
    expect(out).not.toContain("secret@");
    expect(out).not.toContain(passphrase);
  });
});
