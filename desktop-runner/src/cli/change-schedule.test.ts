import { randomUUID } from "node:crypto";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newIdentity } from "../identity/identity.ts";
import { FakeRest, refused } from "./testing/fake-rest.ts";
import { deployment, ids, runner, scheduled, signingKey, version } from "./testing/views.ts";

let rest: FakeRest;
const cron = { kind: "cron", cron: "0 9 * * *", timeZone: "Europe/Berlin" };
const schedule = { when: cron, jitterSeconds: 30, overlap: "queue", missed: { policy: "catch-up", limit: 3 } };
const inputs = { word: "tea", size: 4, password: { sealed: "ciphertext" } };
const terms = (more: object = {}) => ({
  ...{ deploymentId: ids.deployment, projectId: ids.project, runnerId: ids.runner, workflowId: ids.workflow, workflowName: "Sign in" },
  ...{ version: 3, profiles: [{ id: ids.profile, name: "Ann" }], inputs, schedule, paused: false, replacedById: null },
  ...more,
});
const changed = { ...deployment, id: randomUUID(), version: 3, schedule: scheduled().schedule };
const declared = {
  properties: { word: { type: "string" }, size: { type: "integer" }, password: { type: "string", writeOnly: true } },
  required: ["word", "password"],
};

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers[`GET /runners/${ids.runner}`] = runner;
  rest.answers[`GET /workflows/${ids.workflow}/version`] = {
    ...{ ...version, number: 3, recording: { title: "Sign in", inputs: declared, steps: [] } },
    ...{ steps: [], inputSchema: declared },
  };
  rest.answers[`GET /deployments/${ids.deployment}/schedule/terms`] = terms();
  rest.answers[`POST /deployments/${ids.deployment}/schedule/change`] = changed;
});
afterEach(() => rest.close());

const change = (...typed: string[]) => rest.deskhand(["schedules", "change", ids.deployment, ...typed, "--json"]);
const sent = () => rest.calls.find(({ route }) => route.endsWith("/change"))?.body;

describe("schedules change", () => {
  it("changes what is given, and leaves the rest as it is", async () => {
    const { exitCode, last } = await change("--cron", "30 7 * * 1-5", "--missed", "skip");
    expect({ exitCode, last }).toMatchObject({ exitCode: 0, last: { deploymentId: ids.deployment, changedId: changed.id, version: 3 } });
    expect(sent()).toEqual({
      schedule: { ...schedule, when: { ...cron, cron: "30 7 * * 1-5" }, missed: { policy: "skip" } },
      inputs,
      leaveOut: [],
    });
  });

  it.each([
    [["--time-zone", "UTC"], { ...schedule, when: { ...cron, timeZone: "UTC" } }],
    [["--jitter", "0", "--overlap", "skip"], { ...schedule, jitterSeconds: 0, overlap: "skip" }],
    [["--every", "30"], { ...schedule, when: { kind: "every", minutes: 30 } }],
    [["--at", "2099-01-01T00:00:00Z"], { ...schedule, when: { kind: "once", at: "2099-01-01T00:00:00.000Z" }, overlap: "skip" }],
    [["--on-start"], { ...schedule, when: { kind: "start" }, jitterSeconds: 0, missed: { policy: "skip" } }],
  ])("%j", async (typed, expected) => {
    expect((await change(...typed)).exitCode).toBe(0);
    expect(sent()?.schedule).toEqual(expected);
  });

  it("changes how often messages begin it, with what they set", async () => {
    const when = { kind: "webhook", inputs: { word: "order.word" }, perHour: 5 };
    rest.answers[`GET /deployments/${ids.deployment}/schedule/terms`] = terms({
      schedule: { when, jitterSeconds: 0, overlap: "queue", missed: { policy: "skip" } },
    });
    expect((await change("--per-hour", "9")).exitCode).toBe(0);
    expect(sent()?.schedule).toMatchObject({ when: { ...when, perHour: 9 }, overlap: "queue" });
  });

  it("gives inputs, seals the secret ones that are given anew, and leaves others out", async () => {
    const keys = await newIdentity();
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, sealRecipient: keys.identity.sealRecipient };
    expect((await change("--input", "password=new", "word=coffee", "--leave-out", "size")).exitCode).toBe(0);
    expect(sent()).toMatchObject({ schedule, leaveOut: ["size"] });
    const { password, ...open } = (sent() as { inputs: { password: { sealed: string } } }).inputs;
    expect(open).toEqual({ word: "coffee" });
    expect(await keys.identity.unseal(password.sealed)).toBe("new");
  });

  it("signs the new one and the end of the old one for a runner that demands it", async () => {
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    rest.answers["POST /signing-keys"] = { ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }] };
    expect((await change("--every", "30")).exitCode).toBe(0);
    const { newId, signedManifest, signedRemoval } = sent() ?? {};
    expect(readManifest(String(signedManifest))?.manifest).toMatchObject({
      kind: "deploy",
      schedule: { when: { kind: "every", minutes: 30 } },
    });
    expect(readManifest(String(signedRemoval))?.manifest).toMatchObject({ kind: "order", command: "schedule.remove" });
    expect(newId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("tells what the server refuses", async () => {
    rest.answers[`POST /deployments/${ids.deployment}/schedule/change`] = refused(409, "CONFLICT");
    expect(await change("--every", "30")).toMatchObject({ exitCode: 3, last: { code: "CONFLICT" } });
  });

  it.each([
    [[]],
    [["--every", "30", "--cron", "* * * * *"]],
    [["--at", "2020-01-01T00:00:00Z"]],
    [["--per-hour", "3"]],
    [["--input", "size=many"]],
    [["--leave-out", "word"]],
    [["--leave-out", "colour"]],
  ])("refuses %j before anything is changed", async (typed) => {
    expect(await change(...typed)).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(sent()).toBeUndefined();
  });
});
