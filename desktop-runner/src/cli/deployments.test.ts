import { randomUUID } from "node:crypto";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest } from "./testing/fake-rest.ts";
import { deployment, ids, runner, signingKey, version, workflow } from "./testing/views.ts";

let rest: FakeRest;
const manifestId = randomUUID();
const counts = { queued: 0, leased: 0, accepted: 0, running: 1, succeeded: 2, failed: 1, cancelled: 0, expired: 0 };
const result = (name: string, state: string) => ({
  profileId: randomUUID(),
  profileName: name,
  runs: 1,
  runId: ids.run,
  state,
  failureCode: state === "failed" ? "INTERNAL" : null,
  failureStep: null,
  cancelRequestedAt: null,
  startedAt: null,
  finishedAt: null,
  place: null,
  bytes: 0,
});
const results = [result("Ann", "failed"), result("Bea", "succeeded"), result("Cleo", "expired")];

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  const { runIds: _, ...view } = deployment;
  const more = { runnerName: "Desk", runnerOnline: true, createdBy: "Ada", pausedAt: null, manifestId, profiles: 4, counts };
  rest.answers[`GET /deployments/${ids.deployment}/progress`] = { ...view, ...more };
  rest.answers[`GET /deployments/${ids.deployment}/results`] = { items: results, waiting: 0 };
  rest.answers[`GET /runners/${ids.runner}`] = runner;
});
afterEach(() => rest.close());

const deskhand = (...args: string[]) => rest.deskhand([...args, "--json"]);

describe("deskhand deployments", () => {
  it("show how all runs go on in one call, and a line for each profile", async () => {
    expect(await deskhand("deployments", "show", ids.deployment)).toMatchObject({ exitCode: 0, last: { profiles: 4, counts } });
    expect(rest.calls).toHaveLength(1);
    expect(await deskhand("deployments", "results", ids.deployment)).toMatchObject({
      exitCode: 1,
      lines: [{ profileName: "Ann", state: "failed" }, { profileName: "Bea" }, { profileName: "Cleo" }, { count: 3, failed: 2 }],
    });
    expect(await deskhand("deployments", "show", "Sign in")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("are listed with how their runs go on, and with what is to be said when there are more", async () => {
    const one = rest.answers[`GET /deployments/${ids.deployment}/progress`];
    rest.answers["GET /deployments"] = { items: [one], nextCursor: "more" };
    expect(await deskhand("deployments", "list", "--limit", "1")).toMatchObject({
      exitCode: 0,
      lines: [
        { type: "deployment", deploymentId: ids.deployment, runnerName: "Desk", counts },
        { count: 1, more: true },
      ],
    });
    rest.answers["GET /deployments"] = { items: [], nextCursor: null };
    expect((await rest.deskhand(["deployments", "list"])).out).toBe("There are no such deployments.\n");
  });

  it.each(["pause", "resume", "cancel"])("are asked to %s", async (verb) => {
    rest.answers[`POST /deployments/${ids.deployment}/${verb}`] = { done: true };
    expect(await deskhand("deployments", verb, ids.deployment)).toMatchObject({ exitCode: 0, last: { asked: verb } });
  });

  it("run again what failed of them, signed where the runner demands it", async () => {
    rest.answers[`POST /deployments/${ids.deployment}/retry`] = { done: 2, refused: [] };
    const sent = () => rest.calls.findLast(({ route }) => route.endsWith("/retry"))?.body;
    const again = [results[0]?.profileId, results[2]?.profileId];
    expect(await deskhand("deployments", "retry", ids.deployment)).toMatchObject({ exitCode: 0, last: { done: 2, refused: 0 } });
    expect(sent()).toEqual({ profileIds: again });
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    rest.answers["POST /signing-keys"] = {
      ...signingKey,
      runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }],
    };
    expect((await deskhand("deployments", "retry", ids.deployment)).exitCode).toBe(0);
    const { signed } = sent() as { signed: { profileId: string; signedManifest: string }[] };
    expect(signed.map(({ profileId }) => profileId)).toEqual(again);
    expect(readManifest(signed[0]?.signedManifest ?? "")?.manifest).toMatchObject({ kind: "rerun", of: manifestId, profileId: again[0] });
  });
});

it("deploy takes all profiles with a tag, a thousand of them in a few calls", async () => {
  const targets = Array.from({ length: 1_000 }, (_, n) => ({
    id: randomUUID(),
    name: `P${n}`,
    runnerId: ids.runner,
    revision: 1,
    settings: defaultSettings,
    inUse: false,
  }));
  rest.answers["POST /profiles/many/find"] = { items: targets, next: null };
  const recording = { title: "Sign in", steps: [{ type: "navigate", url: "http://localhost/" }] };
  rest.answers["GET /workflows"] = { items: [workflow], nextCursor: null };
  rest.answers[`GET /workflows/${ids.workflow}/version`] = { ...version, steps: [], inputSchema: null, recording };
  rest.answers["POST /deployments"] = { ...deployment, runIds: targets.map(() => randomUUID()) };
  const done = await deskhand("deploy", "--workflow", "Sign in", "--tag", "warm");
  expect(done).toMatchObject({ exitCode: 0, last: { status: "queued" } });
  const posted = rest.calls.find(({ route }) => route === "POST /deployments");
  expect(posted?.body.profileIds).toHaveLength(1_000);
  expect(rest.calls.length).toBeLessThan(10);
  expect(await deskhand("deploy", "--workflow", "Sign in")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  rest.answers["POST /profiles/many/find"] = { items: [targets[0], { ...targets[1], runnerId: randomUUID() }], next: null };
  expect(await deskhand("deploy", "--workflow", "Sign in", "--all")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
});
