import { randomUUID } from "node:crypto";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, refused } from "./testing/fake-rest.ts";
import { deployment, ids, page, runner, scheduled, signingKey, version, workflow } from "./testing/views.ts";

let rest: FakeRest;
const other = randomUUID();
const { schedule } = scheduled();
const { when, jitterSeconds, overlap, missed } = schedule;
const renewal = (deploymentId: string, more: object = {}) => ({
  deploymentId,
  projectId: ids.project,
  runnerId: ids.runner,
  workflowId: ids.workflow,
  workflowName: "Sign in",
  version: 4,
  profiles: [{ id: ids.profile, name: "Ann" }],
  inputs: { word: "tea" },
  schedule: { when, jitterSeconds, overlap, missed },
  paused: false,
  replacedById: null,
  ...more,
});
const renewed = { ...deployment, id: randomUUID(), schedule };

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers[`GET /runners/${ids.runner}`] = runner;
  rest.answers[`GET /workflows/${ids.workflow}/version`] = {
    ...version,
    recording: { title: "Sign in", steps: [] },
    steps: [],
    inputSchema: null,
  };
  for (const id of [ids.deployment, other]) {
    rest.answers[`GET /deployments/${id}/schedule/renewal`] = renewal(id);
    rest.answers[`POST /deployments/${id}/schedule/renew`] = renewed;
  }
});
afterEach(() => rest.close());

const asked = () => rest.calls.filter(({ route }) => route.endsWith("/renew"));
const manifestOf = (text: unknown) => readManifest(String(text))?.manifest;

describe("schedules renew", () => {
  it("has the newest version take the place of each that is named", async () => {
    const { exitCode, lines } = await rest.deskhand(["schedules", "renew", ids.deployment.toUpperCase(), other, other, "--json"]);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      { type: "renewed", deploymentId: ids.deployment, renewedId: renewed.id, version: 4 },
      { type: "renewed", deploymentId: other, renewedId: renewed.id, version: 4 },
      { type: "result", renewed: 2, unchanged: 0, refused: 0 },
    ]);
    expect(asked().map(({ body }) => body)).toEqual([{}, {}]);
  });

  it("signs the new one, its pause and the end of the old one for a runner that demands it", async () => {
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    rest.answers["POST /signing-keys"] = { ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }] };
    rest.answers[`GET /deployments/${ids.deployment}/schedule/renewal`] = renewal(ids.deployment, { paused: true });
    expect((await rest.deskhand(["schedules", "renew", ids.deployment])).exitCode).toBe(0);
    const { newId, signedManifest, signedPause, signedRemoval } = asked()[0]?.body ?? {};
    expect(manifestOf(signedManifest)).toMatchObject({
      kind: "deploy",
      workflow: { version: 4 },
      profileIds: [ids.profile],
      schedule: { when },
    });
    expect(manifestOf(signedPause)).toMatchObject({ kind: "order", command: "schedule.pause" });
    expect(manifestOf(signedRemoval)).toMatchObject({ kind: "order", command: "schedule.remove" });
    expect(newId).toMatch(/^[0-9a-f-]{36}$/);

    rest.answers["POST /signing-keys"] = signingKey;
    rest.answers[`POST /runners/${ids.runner}/signers`] = signingKey;
    const unknown = await rest.deskhand(["schedules", "renew", ids.deployment, "--json"]);
    expect(unknown).toMatchObject({ exitCode: 3, last: { code: "SIGNER_NOT_APPROVED" } });
    expect(asked()).toHaveLength(1);
  });

  it("takes all of a workflow that run an older version, and goes on after one that is refused", async () => {
    rest.answers["GET /workflows"] = page(workflow);
    const older = (deploymentId: string) => ({
      ...{
        deploymentId,
        workflowId: ids.workflow,
        workflowName: "Sign in",
        version: 3,
        newest: 4,
        runnerId: ids.runner,
        runnerName: "Desk",
      },
      ...{ signaturesRequired: false, replacedById: null, schedule },
    });
    rest.answers[`GET /workflows/${ids.workflow}/older-schedules`] = { items: [older(ids.deployment), older(other)] };
    rest.answers[`GET /deployments/${ids.deployment}/schedule/renewal`] = refused(400, "INPUT_MISSING");
    const { exitCode, lines } = await rest.deskhand(["schedules", "renew", "--workflow", "Sign in", "--json"]);
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([
      { type: "refused", deploymentId: ids.deployment, code: "INPUT_MISSING" },
      { type: "renewed", deploymentId: other },
      { type: "result", renewed: 1, refused: 1 },
    ]);
    rest.answers[`GET /workflows/${ids.workflow}/older-schedules`] = { items: [] };
    expect(await rest.deskhand(["schedules", "renew", "--workflow", "Sign in"])).toMatchObject({
      exitCode: 0,
      out: "All of them run the newest version.\n",
    });
  });

  it("says of one that runs the newest version that it does", async () => {
    rest.answers[`GET /deployments/${ids.deployment}/schedule/renewal`] = refused(409, "WORKFLOW_UNCHANGED");
    const { exitCode, last } = await rest.deskhand(["schedules", "renew", ids.deployment, "--json"]);
    expect({ exitCode, last }).toMatchObject({ exitCode: 0, last: { renewed: 0, unchanged: 1, refused: 0 } });
  });

  it.each([[[]], [["nightly"]], [[ids.deployment, "--workflow", "Sign in"]]])("refuses %j before anything is asked", async (typed) => {
    expect(await rest.deskhand(["schedules", "renew", ...typed, "--json"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(rest.calls).toEqual([]);
  });
});
