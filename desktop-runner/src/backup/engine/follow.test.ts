import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockProfile } from "../../browser/profile-store.ts";
import type { RunnerHome } from "../../identity/home.ts";
import { BackupBed, filesBelow } from "../testing/backup-bed.ts";
import { backUp } from "./back-up.ts";
import { compareVersions, follow } from "./follow.ts";
import { restore } from "./restore.ts";

let bed: BackupBed;
let a: RunnerHome;
let b: RunnerHome;
beforeEach(() => {
  bed = new BackupBed();
  a = bed.home("a");
  b = bed.home("b");
});
afterEach(() => bed.remove());

const sync = (home: RunnerHome) =>
  follow({ ...bed.operation({ home, writer: `runner-${path.basename(home.folder)}` }), withArtifacts: false });
const state = (home: RunnerHome, id: string) => readFileSync(path.join(home.profilesFolder, id, "state.json"), "utf8");

describe("two runners that keep in step", () => {
  it("take over what the other one has newly made or changed, and no more", async () => {
    const id = bed.addProfile(a, "1");
    await sync(a);
    expect(await sync(b)).toMatchObject({ pulled: [id], conflicts: [] });
    expect(state(b, id)).toBe(bed.state("1"));
    bed.addProfile(b, "2", id);
    expect((await sync(b)).pulled).toEqual([]);
    expect((await sync(a)).pulled).toEqual([id]);
    expect(state(a, id)).toBe(bed.state("2"));
    for (const home of [b, a, b]) expect(await sync(home)).toMatchObject({ pulled: [], waiting: [], conflicts: [] });
  });

  it("leave a profile be that is in use, and take it over when it is free", async () => {
    const id = bed.addProfile(a, "1");
    await sync(a);
    await sync(b);
    bed.addProfile(a, "2", id);
    await sync(a);
    const lock = await lockProfile(path.join(b.profilesFolder, id));
    expect(await sync(b)).toMatchObject({ pulled: [], waiting: [id] });
    expect(state(b, id)).toBe(bed.state("1"));
    await lock?.release();
    expect((await sync(b)).pulled).toEqual([id]);
    expect(state(b, id)).toBe(bed.state("2"));
  });

  it("take over the others when something of one is lost, and that one when it is there again", async () => {
    await sync(b);
    const packs = () => new Set(Object.keys(filesBelow(path.join(bed.storageFolder, "packs"))));
    const before = packs();
    const lost = bed.addProfile(a, "1");
    await sync(a);
    const [pack = ""] = [...packs()].filter((name) => !before.has(name));
    const others = [bed.addProfile(a, "2"), bed.addProfile(a, "3")];
    await sync(a);
    const file = path.join(bed.storageFolder, "packs", pack);
    const content = readFileSync(file);
    rmSync(file);
    const report = await sync(b);
    expect(report.pulled.sort()).toEqual(others.sort());
    expect(report.failed).toEqual([{ profileId: lost, code: "OBJECT_MISSING" }]);
    expect(others.map((id) => existsSync(path.join(b.profilesFolder, id, "state.json")))).toEqual([true, true]);
    writeFileSync(file, content);
    expect(await sync(b)).toMatchObject({ pulled: [lost], failed: [] });
  });

  it.each([
    ["the one with more changes wins", 2, 1, "a"],
    ["the other one with more changes wins", 1, 2, "b"],
    ["the runner's id decides between equals", 1, 1, "b"],
  ])("when both have changed a profile: %s, and the loser is kept, on whichever side it was", async (_, changesOfA, changesOfB, winner) => {
    for (const order of [
      [b, a],
      [a, b],
    ] as const) {
      rmSync(bed.storageFolder, { recursive: true, force: true });
      for (const home of [a, b])
        for (const folder of [home.backupFolder, home.profilesFolder]) rmSync(folder, { recursive: true, force: true });
      const id = bed.addProfile(a, "1");
      await sync(a);
      await sync(b);
      await sync(a);
      // each saves without the other's network
      for (const [home, count] of [
        [a, changesOfA],
        [b, changesOfB],
      ] as const) {
        for (let n = 1; n <= count; n++) {
          bed.addProfile(home, `${path.basename(home.folder)}${n}`, id);
          if (n < count) await backUp({ ...bed.operation({ home, writer: `runner-${path.basename(home.folder)}` }), withArtifacts: false });
        }
      }
      const reports = [];
      for (const home of [...order, ...order]) reports.push(await sync(home));
      const last = winner === "a" ? `a${changesOfA}` : `b${changesOfB}`;
      const lost = winner === "a" ? `b${changesOfB}` : `a${changesOfA}`;
      expect([state(a, id), state(b, id)]).toEqual([bed.state(last), bed.state(last)]);
      const { snapshots } = await bed.operation({ home: a }).repository.loadSnapshots();
      const conflicts = snapshots.filter(({ kind }) => kind === "conflict");
      const kept: string[] = [];
      for (const { id: snapshotId } of conflicts) {
        const empty = bed.home("empty");
        await restore(bed.operation({ home: empty }), { snapshotId, withPolicy: false });
        kept.push(state(empty, id));
      }
      expect(kept).toContain(bed.state(lost));
      expect(kept).not.toContain(bed.state(last));
      expect(reports.flatMap((report) => report.conflicts).length).toBeGreaterThan(0);
    }
  });

  it("do not bring back what was deleted, unless it was changed elsewhere since", async () => {
    const id = bed.addProfile(a, "1");
    await sync(a);
    await sync(b);
    rmSync(path.join(a.profilesFolder, id), { recursive: true });
    expect((await sync(a)).pulled).toEqual([]);
    bed.addProfile(b, "2", id);
    await sync(b);
    expect((await sync(a)).pulled).toEqual([id]);
  });
});

it("versions have an order that is the same on all runners", () => {
  const versions = [
    { n: 2, by: "a" },
    { n: 1, by: "b" },
    { n: 2, by: "b" },
  ];
  expect([...versions].sort(compareVersions)).toEqual([versions[1], versions[0], versions[2]]);
});
