import { ended, expect, expectWhole, midway, short, test, underWay } from "./fixtures.ts";
import { pidsOf, signalAll } from "./processes.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "looks for processes in /proc");

const outageMs = 10_000;

test("the database is away for 10 s in mid-run: the API says so meanwhile, and the run ends once", async ({
  demo,
  site,
  product: { url, firstRun },
  ownProduct: { dir, started },
}) => {
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const ask = async () => {
    const response = await fetch(`${url}/api/v1/runs/${runId}`, { headers: { authorization: `Bearer ${firstRun.apiKey}` } });
    return { status: response.status, body: await response.json() };
  };
  // the start script would start it again at once
  process.kill(started.pid, "SIGSTOP");
  try {
    signalAll(pidsOf(dir, "database"), "SIGINT");
    await expect.poll(() => pidsOf(dir, "database")).toEqual([]);
    site.release("/held/second");
    for (const end = Date.now() + outageMs; Date.now() < end; ) {
      expect(await ask()).toMatchObject({ status: 503, body: { code: "DATABASE_UNAVAILABLE", message: expect.any(String) } });
    }
    await expect.poll(() => site.visits("/page/third")).toBe(1); // the runner went on alone
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  } finally {
    process.kill(started.pid, "SIGCONT");
  }
  await expectWhole(demo, site, await ended(demo, runId));
  // what it counted is for this machine only
  expect(await (await fetch(`${url}/metrics`)).text()).toContain("deskhand_");
  expect((await fetch(`${url}/metrics`, { headers: { "x-forwarded-for": "203.0.113.9" } })).status).toBe(404);
  expect(started.said.join("\n")).toMatch(/PostgreSQL ended .*\. Starting it again in 1 s/);
  expect(await ended(demo, await demo.start(short(site)))).toMatchObject({ state: "succeeded" });
});

test("the database is killed in mid-run: it is started again, keeps what it had, and the run ends once", async ({
  demo,
  site,
  ownProduct: { dir },
}) => {
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const old = pidsOf(dir, "database");
  signalAll(old, "SIGKILL");
  site.release("/held/second");
  await expectWhole(demo, site, await ended(demo, runId));
  expect(pidsOf(dir, "database").filter((pid) => old.includes(pid))).toEqual([]);
});

test("the database hangs in mid-run: when it goes on, so does everything, and the run ends once", async ({
  demo,
  site,
  ownProduct: { dir },
}) => {
  const runId = await demo.start(midway(site));
  await underWay(demo, site, runId);
  const all = pidsOf(dir, "database");
  signalAll(all, "SIGSTOP");
  try {
    site.release("/held/second");
    await expect.poll(() => site.visits("/page/third")).toBe(1);
  } finally {
    signalAll(all, "SIGCONT");
  }
  await expectWhole(demo, site, await ended(demo, runId));
});
