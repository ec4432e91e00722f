import { randomUUID } from "node:crypto";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, refused } from "./testing/fake-rest.ts";
import { deployment, ids, page, runner, scheduled, signingKey, workflow } from "./testing/views.ts";

let rest: FakeRest;
const at = "2026-01-01T00:00:00.000Z";
const { schedule } = scheduled();
const firing = (state: string, more: object = {}) => ({
  id: randomUUID(),
  dueAt: at,
  state,
  reason: null,
  count: 1,
  runIds: [] as string[],
  ...more,
});

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers[`GET /runners/${ids.runner}`] = runner;
  rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled();
  rest.answers[`POST /deployments/${ids.deployment}/schedule/pause`] = { ...deployment, schedule };
  rest.answers[`DELETE /deployments/${ids.deployment}/schedule`] = { ...deployment, schedule };
});

afterEach(() => rest.close());

const changes = () => rest.calls.filter(({ route }) => route.includes("/schedule"));

describe("schedules list", () => {
  it("asks for what runs by itself only, page by page, and for what ended only when it is asked for", async () => {
    const paused = { ...scheduled({ pausedAt: at }), id: randomUUID() };
    const ended = { ...scheduled({ removedAt: at }), id: randomUUID() };
    const pages: Record<string, object> = {
      first: { items: [scheduled()], nextCursor: "second" },
      second: { items: [paused], nextCursor: null },
    };
    rest.answers["GET /deployments"] = ({ query }) => (query.state === "ended" ? page(ended) : pages[query.cursor ?? "first"]);
    const { exitCode, lines } = await rest.deskhand(["schedules", "list", "--json"]);
    expect(exitCode).toBe(0);
    expect(lines).toMatchObject([
      { type: "schedule", deploymentId: ids.deployment, status: "active", kind: "cron", workflowName: "Sign in", runnerName: "Desk" },
      { type: "schedule", deploymentId: paused.id, status: "paused", nextAt: [] },
      { type: "result", count: 2 },
    ]);
    expect(lines[0]?.nextAt).toHaveLength(5);
    expect(lines[0]?.nextAt[0]).toMatch(/T09:00:00\.000Z$/);
    expect(rest.calls[0]?.query).toEqual({ state: "current", limit: "100" });
    expect((await rest.deskhand(["schedules", "list", "--state", "ended"])).out).toContain(ended.id);
    expect((await rest.deskhand(["schedules", "list", "--limit", "1", "--json"])).last).toEqual({ type: "result", count: 1 });
  });

  it("says in a line when each runs and what comes next", async () => {
    const kinds = [
      { kind: "every", minutes: 30 },
      { kind: "once", at: "2099-01-01T00:00:00.000Z" },
      { kind: "start" },
      { kind: "webhook", inputs: {}, perHour: 9 },
      { kind: "after", workflowId: ids.workflow, on: "either", inputs: {}, sameProfile: true },
    ];
    rest.answers["GET /deployments"] = page(...kinds.map((when) => scheduled({ when })));
    const { out } = await rest.deskhand(["schedules", "list"]);
    for (const words of [
      "every 30 minutes  Sign in v4 on Desk",
      "once, 2099-01-01 00:00:00Z  Sign in v4 on Desk  next: ",
      "on start of the runner",
      "at most 9 an hour",
      "after another workflow (either, on the same profile)",
    ])
      expect(out).toContain(words);
  });
});

describe("schedules show and firings", () => {
  it.each([
    ["pausing", null, "it waits for Desk"],
    ["active", "COMMAND_EXPIRED", "not done (COMMAND_EXPIRED)"],
  ])("tell what was asked of the runner: it is %s", async (status, failureCode, words) => {
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled({ asked: { what: "pause", at, failureCode } });
    const { out } = await rest.deskhand(["schedules", "show", ids.deployment]);
    expect(out).toMatch(new RegExp(`Stands +${status}\n`));
    expect(out).toContain(`Asked     to pause, 2026-01-01 00:00:00Z: ${words}`);
  });

  beforeEach(() => {
    const missed = firing("missed", { reason: "RUNNER_OFF", count: 8 });
    rest.answers[`GET /deployments/${ids.deployment}/firings`] = page(firing("fired", { runIds: [ids.run] }), missed);
  });

  it("tell how it stands and what became of its times", async () => {
    const shown = await rest.deskhand(["schedules", "show", ids.deployment]);
    expect(shown.out).toMatch(/Stands +active/);
    expect(shown.out).toContain("8 missed: the runner was off");
    const { last } = await rest.deskhand(["schedules", "show", ids.deployment, "--json"]);
    expect(last).toMatchObject({ type: "result", deploymentId: ids.deployment, status: "active", firings: [{}, { state: "missed" }] });
    const listed = await rest.deskhand(["schedules", "firings", ids.deployment]);
    expect(listed.out).toBe(`2026-01-01 00:00:00Z  Began  run ${ids.run}\n2026-01-01 00:00:00Z  8 missed: the runner was off\n`);
  });

  it("find the missed ones among the others", async () => {
    const { lines } = await rest.deskhand(["schedules", "firings", ids.deployment, "--state", "missed", "--json"]);
    expect(lines).toMatchObject([
      { type: "firing", state: "missed", reason: "RUNNER_OFF", count: 8 },
      { type: "result", deploymentId: ids.deployment, count: 1 },
    ]);
  });
});

describe("schedules pause, resume and end", () => {
  it("ask the runner", async () => {
    const paused = await rest.deskhand(["schedules", "pause", ids.deployment]);
    expect(paused).toMatchObject({ exitCode: 0, out: 'Asked of Desk: to pause "Sign in". What has begun goes on.\n' });
    expect((await rest.deskhand(["schedules", "resume", ids.deployment.toUpperCase(), "--json"])).last).toMatchObject({
      type: "result",
      deploymentId: ids.deployment,
      asked: "resume",
      runnerName: "Desk",
      schedule: { pausedAt: null },
    });
    expect((await rest.deskhand(["schedules", "end", ids.deployment])).out).toContain("Asked of Desk: to end");
    expect(changes().map(({ route, body }) => [route.split(" ")[0], body])).toEqual([
      ["POST", { paused: true }],
      ["POST", { paused: false }],
      ["DELETE", {}],
    ]);
  });

  it("say that it has ended when there is nobody to ask", async () => {
    rest.answers[`DELETE /deployments/${ids.deployment}/schedule`] = { ...deployment, schedule: { ...schedule, removedAt: at } };
    expect((await rest.deskhand(["schedules", "end", ids.deployment])).out).toBe(
      'The schedule of "Sign in" has ended. What has begun goes on.\n',
    );
  });

  it("say that it comes later when the runner is offline", async () => {
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled({}, { runnerOnline: false });
    expect((await rest.deskhand(["schedules", "pause", ids.deployment])).out).toContain("It is offline, and does so when it is back.");
  });

  it("are signed as orders of their own for a runner that demands it", async () => {
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    const approved = { ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }] };
    rest.answers["POST /signing-keys"] = approved;
    for (const verb of ["pause", "end"]) expect((await rest.deskhand(["schedules", verb, ids.deployment])).exitCode).toBe(0);
    const [pause, end] = changes();
    expect(readManifest(String(pause?.body.signedManifest))?.manifest).toMatchObject({ kind: "order", command: "schedule.pause" });
    expect(readManifest(String(end?.query.signedManifest))?.manifest).toMatchObject({ kind: "order", command: "schedule.remove" });

    rest.answers["POST /signing-keys"] = signingKey;
    rest.answers[`POST /runners/${ids.runner}/signers`] = signingKey;
    const unknown = await rest.deskhand(["schedules", "end", ids.deployment, "--json"]);
    expect(unknown).toMatchObject({ exitCode: 3, last: { code: "SIGNER_NOT_APPROVED" } });
    expect(changes()).toHaveLength(2);
  });

  it("change nothing that is no schedule, or has ended", async () => {
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = { ...scheduled(), schedule: null };
    expect(await rest.deskhand(["schedules", "pause", ids.deployment])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("ran once"),
    });
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled({ removedAt: at });
    expect(await rest.deskhand(["schedules", "resume", ids.deployment])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("has ended"),
    });
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = refused(404, "NOT_FOUND");
    expect(await rest.deskhand(["schedules", "end", ids.deployment])).toMatchObject({ exitCode: 2 });
    expect(changes()).toEqual([]);
  });

  it.each([
    ["schedules", "pause", "nightly"],
    ["schedules", "list", "--state", "asleep"],
    ["schedules", "list", "--limit", "0"],
    ["schedules", "firings", ids.deployment, "--state", "late"],
  ])("refuse %s %s %s %s before anything is asked", async (...typed) => {
    expect(await rest.deskhand([...typed, "--json"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(rest.calls).toEqual([]);
  });
});

describe("schedules run", () => {
  const begun = { firingId: randomUUID(), runIds: [ids.run] };

  beforeEach(() => {
    rest.answers[`POST /deployments/${ids.deployment}/schedule/run`] = begun;
    rest.answers["GET /workflows"] = page(workflow);
    rest.answers["GET /deployments"] = page(scheduled());
  });

  it("begins it once by its id, or by the name of its workflow, and says how to follow its run", async () => {
    const { exitCode, out } = await rest.deskhand(["schedules", "run", ids.deployment]);
    expect([exitCode, out]).toEqual([0, `Running "Sign in" on 1 profile. Follow it with: deskhand logs ${ids.run} --follow\n`]);
    const named = await rest.deskhand(["schedules", "run", "Sign in", "--json"]);
    expect(named).toMatchObject({ exitCode: 0, last: { type: "result", deploymentId: ids.deployment, ...begun, runnerName: "Desk" } });
    expect(changes().map(({ route, body }) => [route, body])).toEqual(
      [1, 2].map(() => [`POST /deployments/${ids.deployment}/schedule/run`, {}]),
    );
  });

  it("asks for the id where a workflow has several, and refuses one that has ended", async () => {
    const second = { ...scheduled({ when: { kind: "start" } }), id: randomUUID() };
    rest.answers["GET /deployments"] = page(scheduled(), second);
    const several = await rest.deskhand(["schedules", "run", "Sign in"]);
    expect(several.exitCode).toBe(2);
    for (const words of [ids.deployment, `${second.id} (on start of the runner)`]) expect(several.err).toContain(words);
    rest.answers["GET /deployments"] = page();
    expect((await rest.deskhand(["schedules", "run", "Sign in"])).err).toContain("has no schedule or trigger");
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled({ removedAt: at });
    expect((await rest.deskhand(["schedules", "run", ids.deployment])).err).toContain("has ended");
    expect(changes()).toEqual([]);
  });

  it("signs it for each profile where its runner demands that", async () => {
    const [manifestId, profileIds] = [randomUUID(), [ids.profile, randomUUID()]];
    rest.answers[`GET /deployments/${ids.deployment}/progress`] = scheduled({ profileIds }, { manifestId });
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    rest.answers["POST /signing-keys"] = { ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }] };
    expect((await rest.deskhand(["schedules", "run", ids.deployment])).exitCode).toBe(0);
    const [asked] = changes();
    const signed = asked?.body.signed as { signedManifest: string }[];
    expect(signed.map(({ signedManifest }) => readManifest(signedManifest)?.manifest)).toMatchObject(
      profileIds.map((profileId) => ({ kind: "rerun", of: manifestId, profileId })),
    );
  });
});

it("a trigger that is no webhook is pointed to where it can be paused", async () => {
  rest.answers["GET /triggers"] = page();
  const { exitCode, err } = await rest.deskhand(["triggers", "disable", ids.deployment]);
  expect(exitCode).toBe(2);
  expect(err).toContain("deskhand schedules pause");
});
