import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundlePrograms } from "../../../../scripts/build/programs.ts";
import type { RunnerHome } from "../../identity/home.ts";
import { openFolder } from "../storage/folder.ts";
import { BackupBed, filesBelow } from "../testing/backup-bed.ts";
import { backUp } from "./back-up.ts";
import { prune } from "./prune.ts";
import { restore } from "./restore.ts";
import { verify } from "./verify.ts";

let programs: string;
let bed: BackupBed;
beforeAll(async () => {
  programs = await bundlePrograms({
    folder: path.join(import.meta.dirname, "../testing"),
    names: ["backup-process"],
    purpose: "backup-kill",
  });
  bed = new BackupBed();
});
afterAll(() => {
  bed.remove();
  rmSync(programs, { recursive: true, force: true });
});

type Scene = { home: RunnerHome; storageFolder: string };
const operation = ({ home, storageFolder }: Scene) => bed.operation({ home, storage: openFolder(storageFolder) });
const touchesFile = () => path.join(bed.folder, "touches");

/** A scene as it was, and a process that is killed in it. @returns what it touched of the storage */
async function killed(
  from: Scene,
  order: { what: string; dieAt: number; how: string },
): Promise<{ scene: Scene; touches: string[]; died: boolean }> {
  const home = bed.home("victim");
  const storageFolder = path.join(bed.folder, "victim-storage");
  for (const folder of [home.folder, storageFolder]) rmSync(folder, { recursive: true, force: true });
  cpSync(from.home.folder, home.folder, { recursive: true });
  cpSync(from.storageFolder, storageFolder, { recursive: true });
  const orders = path.join(bed.folder, "orders.json");
  writeFileSync(touchesFile(), "");
  const { key, repositoryId } = bed.opened;
  const all = { ...order, home: home.folder, storageFolder, key: key.toString("base64"), repositoryId, touches: touchesFile() };
  writeFileSync(orders, JSON.stringify(all));
  const child = spawn(process.execPath, [path.join(programs, "backup-process.mjs"), orders], { stdio: "inherit" });
  const [code, signal] = await once(child, "exit");
  expect(signal ?? code).toBe(order.dieAt > 0 && signal ? "SIGKILL" : 0);
  return { scene: { home, storageFolder }, touches: readFileSync(touchesFile(), "utf8").trim().split("\n"), died: signal === "SIGKILL" };
}

const packsOf = ({ storageFolder }: Scene) => readdirSync(path.join(storageFolder, "packs")).filter((name) => !name.startsWith("."));

async function expectWhole(scene: Scene): Promise<void> {
  expect(await verify(operation(scene), {})).toMatchObject({ isWhole: true });
  const empty = bed.home("empty");
  rmSync(empty.folder, { recursive: true, force: true });
  await restore(operation({ ...scene, home: empty }), { withPolicy: true });
  expect(filesBelow(empty.profilesFolder)).toEqual(filesBelow(scene.home.profilesFolder));
}

/** After each touch, which is before the next one, and in the midst of each that writes. */
function pointsOf(touches: readonly string[]): { dieAt: number; how: string }[] {
  return touches.flatMap((touch, at) => [
    { dieAt: at + 1, how: "after" },
    ...(touch.startsWith("put") ? [{ dieAt: at + 1, how: "half" }] : []),
  ]);
}

function sceneOf(name: string): Scene {
  return { home: bed.home(name), storageFolder: path.join(bed.folder, `${name}-storage`) };
}

it("a backup that is killed at any touch of the storage leaves it whole, and the next one sends nothing again that had arrived", async () => {
  const before = sceneOf("grown");
  bed.addProfile(before.home, "1");
  await backUp({ ...operation(before), withArtifacts: false });
  const large = bed.addProfile(before.home, "2");
  writeFileSync(path.join(before.home.profilesFolder, large, "large"), randomBytes(400_000));
  const { touches, scene: whole } = await killed(before, { what: "back-up", dieAt: 0, how: "after" });
  const wanted = packsOf(whole).length;
  expect(wanted).toBeGreaterThan(2);
  const kinds = new Set<string>();
  for (const point of pointsOf(touches)) {
    const { scene, touches: done } = await killed(before, { what: "back-up", ...point });
    kinds.add(`${point.how} ${done.at(-1)?.split("/")[0]}`);
    const arrived = packsOf(scene);
    expect((await verify(operation(scene), {})).isWhole).toBe(true);
    const report = await backUp({ ...operation(scene), withArtifacts: false });
    await expectWhole(scene);
    // all that had arrived is used, and nothing was sent twice
    expect(packsOf(scene)).toEqual(expect.arrayContaining(arrived));
    if (arrived.length === wanted) expect(report.bytesSent).toBe(0);
  }
  expect([...kinds]).toEqual(
    expect.arrayContaining(["half put packs", "after put packs", "half put indexes", "half put snapshots", "after put snapshots"]),
  );
}, 300_000);

it("pruning that is killed at any touch of the storage leaves all that stays, and the next one ends it", async () => {
  const before = sceneOf("pruned");
  const ids = Array.from({ length: 4 }, () => bed.addProfile(before.home, randomBytes(30_000).toString("base64")));
  for (let n = 0; n < 3; n++) {
    await backUp({ ...operation(before), withArtifacts: false });
    for (const id of ids.slice(n, 3)) bed.addProfile(before.home, `${n}`, id);
  }
  await backUp({ ...operation(before), withArtifacts: false });
  const { touches } = await killed(before, { what: "prune", dieAt: 0, how: "after" });
  expect(touches.filter((touch) => touch.startsWith("delete packs")).length).toBeGreaterThan(0);
  for (const point of pointsOf(touches)) {
    const { scene } = await killed(before, { what: "prune", ...point });
    await expectWhole(scene);
    rmSync(path.join(scene.storageFolder, "locks"), { recursive: true, force: true });
    await prune(operation(scene), { rules: { last: 1, daily: 0, weekly: 0, monthly: 0 } });
    expect(await verify(operation(scene), {})).toMatchObject({ isWhole: true, snapshots: 1 });
  }
}, 300_000);
