import { createHash, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newIdentity } from "../identity/identity.ts";
import { FakeRest, refused } from "./testing/fake-rest.ts";
import { deployment, ids, page, profile, runDetail, runner, signingKey, step, version, workflow } from "./testing/views.ts";

let rest: FakeRest;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});

afterEach(() => rest.close());

function recording(extra: object = {}): string {
  const file = path.join(rest.folder, "recording.json");
  writeFileSync(file, JSON.stringify({ title: "Sign in", steps: [{ type: "navigate", url: "http://localhost/" }], ...extra }));
  return file;
}

function serveDeploy() {
  rest.answers["GET /profiles"] = page(profile);
  rest.answers["GET /workflows"] = page(workflow);
  rest.answers[`POST /workflows/${ids.workflow}/versions`] = version;
  rest.answers["POST /deployments"] = deployment;
  rest.answers[`GET /runners/${ids.runner}`] = runner;
}

describe("deploy", () => {
  it("uploads a recording as the next version, deploys it and ends with the run's outcome", async () => {
    serveDeploy();
    const states = [
      runDetail("queued"),
      runDetail("running", { steps: [step("running")] }),
      runDetail("succeeded", { steps: [step("succeeded")] }),
    ];
    rest.answers[`GET /runs/${ids.run}`] = () => (states.length > 1 ? states.shift() : states[0]);
    const { exitCode, lines, last } = await rest.deskhand(["deploy", recording(), "--profile", "Ann", "--watch", "--json"]);
    expect(exitCode).toBe(0);
    expect(lines.map(({ type, status }) => `${type} ${status ?? ""}`.trim())).toEqual([
      "workflow",
      "deployed",
      "run queued",
      "run running",
      "step running",
      "run succeeded",
      "step succeeded",
      "result succeeded",
    ]);
    expect(last).toMatchObject({ type: "result", runId: ids.run, status: "succeeded", deploymentId: ids.deployment, failureCode: null });
    const posted = rest.calls.find(({ route }) => route === "POST /deployments")?.body;
    expect(posted).toMatchObject({ workflowId: ids.workflow, version: 4, runnerId: ids.runner, profileIds: [ids.profile] });
  });

  it("ends with 1 and the words when the run failed", async () => {
    serveDeploy();
    rest.answers[`GET /runs/${ids.run}`] = runDetail("failed", { failureCode: "SELECTOR_NOT_FOUND", failureStep: 0 });
    const { exitCode, out } = await rest.deskhand(["deploy", recording(), "--profile", "ann", "--watch"]);
    expect(exitCode).toBe(1);
    expect(out).toContain("was not found on the page");
  });

  it("says why a run waits, once, and then what it does", async () => {
    serveDeploy();
    const quiet = runDetail("accepted", { runnerQuietUntil: "2026-01-01T06:00:00.000Z" });
    const turns = [quiet, { ...quiet, revision: "2" }, runDetail("succeeded")];
    rest.answers[`GET /runs/${ids.run}`] = () => turns.shift();
    const { exitCode, out } = await rest.deskhand(["deploy", recording(), "--profile", "ann", "--watch"]);
    expect(exitCode).toBe(0);
    expect(out.match(/quiet hours until/g)).toHaveLength(1);
  });

  it("uses the same version again when the recording is unchanged", async () => {
    serveDeploy();
    rest.answers[`POST /workflows/${ids.workflow}/versions`] = refused(409, "WORKFLOW_UNCHANGED", { version: 3 });
    const { exitCode, lines } = await rest.deskhand(["deploy", recording(), "--profile", "Ann", "--json"]);
    expect(exitCode).toBe(0);
    expect(lines[0]).toMatchObject({ type: "workflow", version: 3, new: false });
  });

  it("says whose version it takes the place of, and takes no other's", async () => {
    serveDeploy();
    const latest = { ...version, number: 3, contentHash: "a".repeat(64), createdBy: "Bob" };
    rest.answers[`GET /workflows/${ids.workflow}/version`] = {
      ...latest,
      recording: { title: "Sign in", steps: [] },
      steps: [],
      inputSchema: null,
    };
    const args = ["deploy", recording(), "--profile", "Ann"];
    expect((await rest.deskhand(args)).out).toContain('Uploaded "Sign in" as version 4, in the place of version 3 by Bob.');
    const { lines } = await rest.deskhand([...args, "--json"]);
    expect(lines[0]).toMatchObject({ type: "workflow", version: 4, replaces: { version: 3, createdBy: "Bob" } });
    const sent = () => rest.calls.filter(({ route }) => route.endsWith("/versions")).map(({ body }) => body.basedOn);
    expect(sent()).toEqual([latest.contentHash, latest.contentHash]);

    // a file that was pulled follows what it was pulled from, and then what it became
    const lock = path.join(rest.folder, "deskhand.lock.json");
    const pulled = { id: ids.workflow, version: "b".repeat(64) };
    writeFileSync(lock, JSON.stringify({ lockVersion: 1, projectId: ids.project, workflows: { "recording.json": pulled } }));
    const became = { ...version, contentHash: "c".repeat(64) };
    rest.answers[`POST /workflows/${ids.workflow}/versions`] = ({ body }) =>
      body.basedOn === latest.contentHash ? became : refused(409, "WORKFLOW_MOVED_ON", { version: 3 });
    expect(await rest.deskhand([...args, "--json"])).toMatchObject({ exitCode: 3, last: { code: "WORKFLOW_MOVED_ON" } });
    expect((await rest.deskhand([...args, "--force"])).exitCode).toBe(0);
    expect(sent().slice(2)).toEqual([pulled.version, latest.contentHash]);
    expect(JSON.parse(readFileSync(lock, "utf8")).workflows).toEqual({ "recording.json": { ...pulled, version: became.contentHash } });
  });

  it("has the runner run it by itself, and says when", async () => {
    serveDeploy();
    const typed = ["deploy", recording(), "--profile", "Ann", "--cron", "0 9 1 1 *", "--time-zone", "UTC", "--missed", "3", "--json"];
    const { exitCode, last } = await rest.deskhand(typed);
    expect(exitCode).toBe(0);
    const schedule = {
      when: { kind: "cron", cron: "0 9 1 1 *", timeZone: "UTC" },
      jitterSeconds: 0,
      overlap: "skip",
      missed: { policy: "catch-up", limit: 3 },
    };
    expect(last).toMatchObject({ type: "result", status: "scheduled", schedule });
    expect(last?.next).toHaveLength(5);
    expect(last?.nextAt).toEqual(Array.from({ length: 5 }, () => expect.stringMatching(/-01-01T09:00:00\.000Z$/)));
    expect(rest.calls.find(({ route }) => route === "POST /deployments")?.body).toMatchObject({ schedule });
  });

  it("has messages and other workflows begin it, with the inputs that they set", async () => {
    serveDeploy();
    const file = recording({ inputs: { properties: { word: { type: "string" } }, required: ["word"] } });
    const webhook = ["deploy", file, "--profile", "Ann", "--on-webhook", "--per-hour", "9", "--set", "word=order.word", "--json"];
    expect(await rest.deskhand(webhook)).toMatchObject({ exitCode: 0, last: { status: "scheduled" } });
    const posted = () => rest.calls.findLast(({ route }) => route === "POST /deployments")?.body;
    expect(posted()).toMatchObject({ schedule: { when: { kind: "webhook", inputs: { word: "order.word" }, perHour: 9 } }, inputs: {} });
    const after = [
      "deploy",
      file,
      "--profile",
      "Ann",
      "--after",
      "Sign in",
      "--after-end",
      "either",
      "--set",
      "word",
      "--same-profile",
      "--json",
    ];
    expect(await rest.deskhand(after)).toMatchObject({ exitCode: 0 });
    expect(posted()).toMatchObject({
      schedule: { when: { kind: "after", workflowId: ids.workflow, on: "either", inputs: { word: "word" }, sameProfile: true } },
    });
  });

  it.each([
    ["--on-webhook", "--per-hour", "0"],
    ["--on-webhook", "--set", "word=a b"],
    ["--on-webhook", "--after", "Sign in"],
    ["--after", "Sign in", "--after-end", "never"],
    ["--per-hour", "5"],
    ["--cron", "61 * * * *"],
    ["--cron", "0 9 * * *", "--time-zone", "Mars/Olympus"],
    ["--every", "0"],
    ["--at", "tomorrow"],
    ["--overlap", "skip"],
    ["--every", "5", "--on-start"],
    ["--every", "5", "--time-zone", "UTC"],
    ["--every", "5", "--jitter", "300"],
    ["--cron", "0 9 * * *", "--set", "word"],
    ["--cron", "0 9 * * *", "--per-hour", "5"],
    ["--cron", "0 9 * * *", "--after-end", "either"],
    ["--cron", "0 9 * * *", "--same-profile"],
    ["--on-start", "--missed", "run-once"],
    ["--on-webhook", "--after-end", "either"],
    ["--on-webhook", "--jitter", "5"],
    ["--after", "Sign in", "--per-hour", "5"],
    ["--at", "2099-12-24T18:00Z", "--time-zone", "Europe/Berlin"],
    ["--at", "2099-12-24T18:00Z", "--overlap", "queue"],
    ["--at", "2099-12-24T18:00", "--time-zone", "Mars/Olympus"],
    ["--at", "2020-12-24T18:00Z"],
    ["--at", "2099-12-24"],
    ["--at", "2099-02-30T18:00"],
    ["--at", "2099-02-30T18:00Z"],
    ["--at", "12/24/2099 18:00"],
  ])("refuses %s %s before anything is sent", async (...typed) => {
    serveDeploy();
    expect((await rest.deskhand(["deploy", recording(), "--profile", "Ann", ...typed])).exitCode).toBe(2);
    expect(rest.calls).toEqual([]);
  });

  it.each([
    ["2099-12-24T18:00", ["--time-zone", "Europe/Berlin"], "2099-12-24T17:00:00.000Z"],
    ["2099-07-24 18:00:30", ["--time-zone", "America/New_York"], "2099-07-24T22:00:30.000Z"],
    ["2099-12-24T18:00", [], new Date(2099, 11, 24, 18).toISOString()],
    ["2099-10-25T02:30+01:00", [], "2099-10-25T01:30:00.000Z"],
  ])("reads --at %s %s by the clock that is meant", async (at, zone, instant) => {
    serveDeploy();
    expect((await rest.deskhand(["deploy", recording(), "--profile", "Ann", "--at", at, ...zone])).exitCode).toBe(0);
    expect(rest.calls.at(-1)?.body).toMatchObject({ schedule: { when: { kind: "once", at: instant } } });
  });

  it("asks which is meant when the clocks jump over a time, or pass it twice", async () => {
    const typed = ["deploy", recording(), "--profile", "Ann", "--time-zone", "Europe/Berlin", "--at"];
    const never = await rest.deskhand([...typed, "2099-03-29T02:30"]);
    expect(never).toMatchObject({ exitCode: 2, err: expect.stringContaining("jump over") });
    const twice = await rest.deskhand([...typed, "2099-10-25T02:30"]);
    expect(twice).toMatchObject({ exitCode: 2, err: expect.stringContaining("2099-10-25T02:30:00+02:00 or 2099-10-25T02:30:00+01:00") });
    expect(rest.calls).toEqual([]);
  });

  it("says which flag means nothing there", async () => {
    const { last } = await rest.deskhand(["deploy", recording(), "--profile", "Ann", "--every", "5", "--time-zone", "UTC", "--json"]);
    expect(last).toMatchObject({ code: "USAGE", message: "--time-zone means nothing with --every." });
  });

  it("makes a workflow when there is none of that title", async () => {
    serveDeploy();
    rest.answers["GET /workflows"] = page();
    rest.answers["POST /workflows"] = { ...workflow, latestVersion: 1 };
    expect((await rest.deskhand(["deploy", recording(), "--profile", "Ann", "--json"])).exitCode).toBe(0);
    expect(rest.calls.find(({ route }) => route === "POST /workflows")?.body).toMatchObject({ name: "Sign in" });
  });

  it("refuses a recording that is not valid before anything is sent, with the step and the field", async () => {
    const { exitCode, last } = await rest.deskhand(["deploy", recording({ steps: [{ type: "fly" }] }), "--profile", "Ann", "--json"]);
    expect(exitCode).toBe(2);
    expect(last).toMatchObject({ code: "RECORDING_INVALID", details: { issues: [{ step: 0, field: "type" }] } });
    expect(rest.calls).toEqual([]);
  });

  it("refuses a recording of 50 MB without reading it", async () => {
    const file = path.join(rest.folder, "large.json");
    writeFileSync(file, Buffer.alloc(50 * 1024 * 1024, 32));
    expect(await rest.deskhand(["deploy", file, "--profile", "Ann", "--json"])).toMatchObject({
      exitCode: 2,
      last: { code: "RECORDING_TOO_LARGE" },
    });
  });

  it("sends a secret input sealed to the runner, and never in clear", async () => {
    serveDeploy();
    const keys = await newIdentity();
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, sealRecipient: keys.identity.sealRecipient };
    const inputs = { properties: { word: { type: "string", writeOnly: true }, pages: { type: "integer" } } };
    const args = ["deploy", recording({ inputs }), "--profile", "Ann", "--input", "word=a=b", "pages=3", "--json"];
    expect((await rest.deskhand(args)).exitCode).toBe(0);
    const sent = rest.calls.find(({ route }) => route === "POST /deployments")?.body.inputs as { word: { sealed: string }; pages: number };
    expect(sent.pages).toBe(3);
    expect(await keys.identity.unseal(sent.word.sealed)).toBe("a=b");
    expect(JSON.stringify(rest.calls)).not.toContain("a=b");
  });

  it("says which input is wrong", async () => {
    serveDeploy();
    const file = recording({ inputs: { properties: { pages: { type: "integer" } }, required: ["pages"] } });
    expect(await rest.deskhand(["deploy", file, "--profile", "Ann"])).toMatchObject({ exitCode: 2, err: expect.stringContaining("pages") });
    const unknown = await rest.deskhand(["deploy", file, "--profile", "Ann", "--input", "pages=1", "speed=2"]);
    expect(unknown).toMatchObject({ exitCode: 2, err: expect.stringContaining("speed") });
  });

  it("signs for a runner that demands it, with a key of this folder that the runner has to approve once", async () => {
    serveDeploy();
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    const key = (status?: string) => ({ ...signingKey, runners: status ? [{ runnerId: ids.runner, runnerName: "Desk", status }] : [] });
    rest.answers["POST /signing-keys"] = key();
    rest.answers[`POST /runners/${ids.runner}/signers`] = key("requested");
    const args = ["deploy", recording(), "--profile", "Ann", "--json"];
    const refused = await rest.deskhand(args);
    expect(refused).toMatchObject({ exitCode: 3, last: { code: "SIGNER_NOT_APPROVED", details: { keyId: signingKey.keyId } } });
    expect(rest.calls.map(({ route }) => route)).not.toContain("POST /deployments");

    rest.answers["POST /signing-keys"] = key("approved");
    expect((await rest.deskhand(args)).exitCode).toBe(0);
    const registered = rest.calls.filter(({ route }) => route === "POST /signing-keys").map(({ body }) => body.publicKey);
    expect(new Set(registered).size).toBe(1);
    const sent = rest.calls.find(({ route }) => route === "POST /deployments")?.body.signedManifest as string;
    expect(readManifest(sent)?.manifest).toMatchObject({ kind: "deploy", runnerId: ids.runner, profileIds: [ids.profile] });
    expect(readManifest(sent)?.keyId).toBe(
      createHash("sha256")
        .update(Buffer.from(String(registered[0]), "base64"))
        .digest("hex"),
    );
  });

  it("asks which profile is meant when the name is on two runners", async () => {
    serveDeploy();
    rest.answers["GET /profiles"] = page(profile, { ...profile, id: randomUUID(), runnerId: randomUUID(), runnerName: "Attic" });
    const { exitCode, err } = await rest.deskhand(["deploy", recording(), "--profile", "Ann"]);
    expect(exitCode).toBe(2);
    expect(err).toContain("Attic");
  });
});
