// A page of 100 profiles of a project with 100,000 (and another as large beside it), as the dashboard asks for it: in each order, far
// down, filtered and searched. The floor is a bare pg client that reads 100 rows by their ids: what no list can do without.
import path from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { bundlePrograms } from "../scripts/build/programs.ts";
import type { openProject } from "./profiles/list-queries.ts";
import { startDatabase } from "./relay/database.ts";

const COUNT = Number(process.env.BENCH_PROFILES ?? 100_000);
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 40);
const GOAL_P95_MS = 100;
const limit = 100;

const percentile = (values: number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * p) / 100))] as number;
const round = (ms: number) => Math.round(ms * 10) / 10;

const folder = path.join(import.meta.dirname, "profiles");
const outdir = await bundlePrograms({ folder, names: ["list-queries"], purpose: "bench" });
const program = (await import(pathToFileURL(path.join(outdir, "list-queries.mjs")).href)) as { openProject: typeof openProject };
const database = await startDatabase();
const bare = new pg.Client({ connectionString: database.url });
const project = await program.openProject(database.url, COUNT);
try {
  await bare.connect();
  const { rows } = await bare.query<{ id: string }>(`select id from "Profile" where "projectId" = $1 order by random() limit $2`, [
    project.projectId,
    limit,
  ]);
  const ids = rows.map(({ id }) => id);
  const floor = () => bare.query(`select * from "Profile" where id = any($1::uuid[])`, [ids]);
  const { list, count, groupId, poolId, proxyId, summary } = project;
  const looks: Record<string, () => Promise<unknown>> = {
    newest: () => list({ limit }),
    "by name": () => list({ limit, sort: "name", direction: "asc" }),
    "by last saved": () => list({ limit, sort: "saved" }),
    "by size": () => list({ limit, sort: "size" }),
    "by last run": () => list({ limit, sort: "run" }),
    "from row 90,000": () => list({ limit, offset: Math.floor(COUNT * 0.9) }),
    "in a group": () => list({ limit, groupId }),
    "with two tags": () => list({ limit, tags: ["tag7", "batch7"] }),
    "with one of two tags": () => list({ limit, tags: ["tag7", "batch9"], tagMode: "any" }),
    "in use": () => list({ limit, state: "in-use" }),
    saved: () => list({ limit, state: "saved" }),
    "dedicated engine": () => list({ limit, engine: "dedicated" }),
    "through a proxy": () => list({ limit, through: proxyId }),
    "through a pool": () => list({ limit, through: poolId }),
    "through none": () => list({ limit, through: "none" }),
    "with flags": () => list({ limit, flags: "some" }),
    "search for one": () => list({ limit, search: "account 77777" }),
    "search for many": () => list({ limit, search: "shop" }),
    "search in notes": () => list({ limit, search: "3a0772443a" }),
    "search for two letters": () => list({ limit, search: "77" }),
    "search for nothing": () => list({ limit, search: "zebra" }),
    "search in a group by name": () => list({ limit, search: "99", groupId, sort: "name" }),
    "count all": () => count({}),
    "count a search": () => count({ search: "account 77" }),
    "groups and tags": summary,
  };
  for (const [look, ask] of Object.entries(looks)) {
    for (let n = 0; n < 6; n++) await ask();
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let n = 0; n < SAMPLES; n++) {
      const began = performance.now();
      await floor();
      const between = performance.now();
      await ask();
      theirs.push(between - began);
      ours.push(performance.now() - between);
    }
    const [p50Ms, p95Ms, floorP50Ms] = [percentile(ours, 50), percentile(ours, 95), percentile(theirs, 50)];
    const figures = { p50Ms: round(p50Ms), p95Ms: round(p95Ms), floorP50Ms: round(floorP50Ms), ratio: round(p50Ms / floorP50Ms) };
    console.log(JSON.stringify({ bench: "profiles-list", profiles: COUNT, look, ...figures, goalP95Ms: GOAL_P95_MS }));
  }
} finally {
  await project.close();
  await bare.end();
  await database.remove();
}
