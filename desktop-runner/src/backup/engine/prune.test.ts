import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunnerHome } from "../../identity/home.ts";
import { takeLease } from "../repository/lease.ts";
import { BackupBed } from "../testing/backup-bed.ts";
import { backUp } from "./back-up.ts";
import { prune } from "./prune.ts";
import { restore } from "./restore.ts";
import { type Retention, toKeep } from "./retention.ts";
import { verify } from "./verify.ts";

let bed: BackupBed;
let home: RunnerHome;
beforeEach(() => {
  bed = new BackupBed();
  home = bed.home();
});
afterEach(() => bed.remove());

const run = async (writer = "runner-one") => (await backUp({ ...bed.operation({ home, writer }), withArtifacts: false })).snapshot;
const packs = () => readdirSync(path.join(bed.storageFolder, "packs"));
const lastOnly: Retention = { last: 1, daily: 0, weekly: 0, monthly: 0 };

describe("pruning", () => {
  it("keeps what a snapshot that stays needs, and nothing else, whatever is added, changed and forgotten", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("change" as const), profile: fc.nat(3), large: fc.boolean() }),
      fc.record({ do: fc.constant("back-up" as const), writer: fc.constantFrom("a", "b") }),
      fc.record({ do: fc.constant("prune" as const), last: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant("forget" as const), which: fc.nat(5) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const scene = new BackupBed();
        try {
          const here = scene.home();
          const ids = Array.from({ length: 4 }, () => randomUUID());
          const now = new Map<string, string>();
          // what each snapshot should bring back
          const model = new Map<string, { writer: string; at: number; content: Map<string, string> }>();
          for (const action of steps) {
            if (action.do === "change") {
              const value = randomBytes(action.large ? 90_000 : 200).toString("base64");
              now.set(scene.addProfile(here, value, ids[action.profile]), scene.state(value));
            } else if (action.do === "back-up") {
              const operation = scene.operation({ home: here, writer: action.writer });
              const { snapshot } = await backUp({ ...operation, withArtifacts: false });
              model.set(snapshot.id, { writer: action.writer, at: snapshot.at, content: new Map(now) });
            } else if (action.do === "prune") {
              await prune(scene.operation({ home: here }), { rules: { ...lastOnly, last: action.last } });
              for (const writer of ["a", "b"]) {
                const made = [...model].filter(([, one]) => one.writer === writer).sort(([, x], [, y]) => y.at - x.at);
                for (const [id] of made.slice(action.last)) model.delete(id);
              }
            } else {
              const id = [...model.keys()][action.which];
              if (id) await prune(scene.operation({ home: here }), { forget: [id] });
              if (id) model.delete(id);
            }
          }
          const { snapshots } = await scene.operation().repository.loadSnapshots();
          expect(new Set(snapshots.map(({ id }) => id))).toEqual(new Set(model.keys()));
          expect((await verify(scene.operation({ home: here }), {})).isWhole).toBe(true);
          for (const [snapshotId, { content }] of model) {
            const empty = scene.home(`of-${snapshotId}`);
            await restore(scene.operation({ home: empty }), { snapshotId, withPolicy: false });
            const found = readdirSync(empty.profilesFolder).map((id) => [
              id,
              readFileSync(path.join(empty.profilesFolder, id, "state.json"), "utf8"),
            ]);
            expect(new Map(found as [string, string][])).toEqual(content);
          }
          await prune(scene.operation({ home: here }), { forget: [...model.keys()] });
          expect(readdirSync(scene.storageFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toEqual([]);
        } finally {
          scene.remove();
        }
      }),
      {
        numRuns: 12,
        examples: [
          [
            [
              { do: "change", profile: 0, large: true },
              { do: "back-up", writer: "a" },
              { do: "prune", last: 1 },
            ],
          ],
        ],
      },
    );
  }, 120_000);

  it("writes a pack anew of which little is needed, and puts many small ones together", async () => {
    const ids = Array.from({ length: 10 }, () => bed.addProfile(home, randomBytes(30_000).toString("base64")));
    await run();
    for (const id of ids.slice(1)) bed.addProfile(home, "small", id);
    await run();
    const rewritten = await prune(bed.operation({ home }), { rules: lastOnly });
    expect(rewritten).toMatchObject({ packsRewritten: 1 });
    for (let n = 0; n < 22; n++) {
      bed.addProfile(home, `again ${n}`, ids[n % 10]);
      await run();
    }
    expect(packs().length).toBeGreaterThan(20);
    await prune(bed.operation({ home }), {});
    expect(packs()).toHaveLength(1);
    expect(await verify(bed.operation({ home }), {})).toMatchObject({ isWhole: true, snapshots: 23 });
  });

  it("removes what an upload that was broken off left", async () => {
    bed.addProfile(home, "1");
    await run();
    writeFileSync(path.join(bed.storageFolder, "packs", "f".repeat(64)), "an orphan");
    writeFileSync(path.join(bed.storageFolder, "packs", ".half.x.tmp"), "half written");
    expect(await prune(bed.operation({ home }), {})).toMatchObject({ removed: [], packsRemoved: 1 });
    expect(packs()).toHaveLength(1);
  });

  it("removes nothing while a snapshot that stays cannot be read", async () => {
    bed.addProfile(home, "1");
    const lost = await run();
    const [pack] = packs();
    bed.addProfile(home, "2");
    await run();
    bed.addProfile(home, "3");
    await run();
    rmSync(path.join(bed.storageFolder, "packs", pack as string));
    const before = packs();
    await expect(prune(bed.operation({ home }), { rules: { ...lastOnly, last: 2 } })).rejects.toMatchObject({ code: "OBJECT_MISSING" });
    expect(packs()).toEqual(before);
    expect((await bed.operation().repository.loadSnapshots()).snapshots.map(({ id }) => id)).toContain(lost.id);
  });

  it("goes alone: not beside a backup, nor a backup beside it; who is gone does not hold it up", async () => {
    bed.addProfile(home, "1");
    const { repository } = bed.operation({ home });
    const backup = await takeLease(repository, "another", { exclusive: false });
    await expect(prune(bed.operation({ home }), {})).rejects.toMatchObject({ code: "BUSY_ELSEWHERE" });
    await run();
    await backup.release();
    const pruning = await takeLease(repository, "another", { exclusive: true });
    await expect(run()).rejects.toMatchObject({ code: "BUSY_ELSEWHERE" });
    // by the storage's clock, it was not renewed for long
    const [lock] = readdirSync(path.join(bed.storageFolder, "locks")) as [string];
    const { utimesSync } = await import("node:fs");
    const longAgo = new Date(Date.now() - 20 * 60_000);
    utimesSync(path.join(bed.storageFolder, "locks", lock), longAgo, longAgo);
    await run();
    await expect(pruning.check()).rejects.toMatchObject({ code: "LEASE_LOST" });
    await pruning.release();
  });
});

describe("retention", () => {
  const hour = 3_600_000;
  const series = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 800 * 24 }), writer: fc.constantFrom("a", "b"), conflict: fc.boolean() }),
    {
      maxLength: 120,
    },
  );
  const rules = fc.record({ last: fc.integer({ min: 1, max: 5 }), daily: fc.nat(8), weekly: fc.nat(6), monthly: fc.nat(6) });

  it("keeps the newest, and the newest of each of the last days, weeks and months that have one", () => {
    fc.assert(
      fc.property(series, rules, (made, wanted) => {
        const snapshots = made.map(({ at, writer, conflict }, n) => ({
          id: `${n}`.padStart(4, "0"),
          at: at * hour,
          writer: { id: writer },
          kind: conflict ? ("conflict" as const) : ("backup" as const),
        }));
        const kept = toKeep(snapshots, wanted);
        for (const group of Map.groupBy(snapshots, ({ writer, kind }) => writer.id + kind).values()) {
          const newest = [...group].sort((x, y) => y.at - x.at || (x.id < y.id ? 1 : -1));
          const expected = new Set(newest.slice(0, wanted.last));
          const nth = (unit: (date: Date) => string, count: number) => {
            const units = [...new Set(newest.map(({ at }) => unit(new Date(at))))].slice(0, count);
            for (const one of units) expected.add(newest.find(({ at }) => unit(new Date(at)) === one) as (typeof newest)[number]);
          };
          nth((date) => date.toISOString().slice(0, 10), wanted.daily);
          nth((date) => date.toISOString().slice(0, 7), wanted.monthly);
          nth((date) => new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 24 * hour).toISOString().slice(0, 10), wanted.weekly);
          expect(new Set(group.filter(({ id }) => kept.has(id)))).toEqual(expected);
        }
      }),
    );
  });
});
