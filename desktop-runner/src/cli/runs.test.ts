import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import type { ArtifactType } from "@deskhand/shared/schemas/run";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, file, refused } from "./testing/fake-rest.ts";
import { ids, runDetail, runner, signingKey, step } from "./testing/views.ts";

let rest: FakeRest;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});

afterEach(() => rest.close());

// the second step runs a workflow of two steps, the second of which failed
const steps = [
  { ...step("succeeded"), number: "1" },
  { ...step("failed"), index: 1, number: "2", verb: "Run workflow" },
  { ...step("succeeded"), index: 2, number: "2.1", caller: 1 },
  { ...step("failed"), index: 3, number: "2.2", caller: 1, verb: "Click" },
];
const failed = { failureCode: "SELECTOR_NOT_FOUND", failureStep: 1, steps };

describe("runs show", () => {
  it("tells how a run stands, why it failed and its steps, by the numbers of the page", async () => {
    rest.answers[`GET /runs/${ids.run}`] = runDetail("failed", failed);
    const { exitCode, out } = await rest.deskhand(["runs", "show", ids.run]);
    expect(exitCode).toBe(0);
    expect(out).toContain("failed at step 2.2 (SELECTOR_NOT_FOUND)");
    expect(out).toContain("was not found on the page");
    expect(out.split("\n").flatMap((line) => /^ {2}([✓✗] [\d.]+) /.exec(line)?.[1] ?? [])).toEqual(["✓ 1.", "✗ 2.", "✓ 2.1.", "✗ 2.2."]);
    const { last } = await rest.deskhand(["runs", "show", ids.run, "--json"]);
    expect(last).toMatchObject({
      type: "result",
      runId: ids.run,
      status: "failed",
      failureStep: 1,
      steps: [{}, {}, {}, { number: "2.2" }],
    });
  });

  it("tells what a run waits for", async () => {
    rest.answers[`GET /runs/${ids.run}`] = runDetail("queued", { runnerOnline: false });
    expect((await rest.deskhand(["runs", "show", ids.run])).out).toContain("Waits for Desk, which is offline.");
  });
});

describe("runs rerun", () => {
  const again = randomUUID();

  it("asks for one more run, and follows it when it is told to", async () => {
    rest.answers[`GET /runs/${ids.run}`] = runDetail("failed", failed);
    rest.answers[`POST /runs/${ids.run}/rerun`] = { ...runDetail("queued"), id: again };
    expect((await rest.deskhand(["runs", "rerun", ids.run, "--json"])).last).toMatchObject({ runId: again, of: ids.run, status: "queued" });
    rest.answers[`GET /runs/${again}`] = { ...runDetail("failed", failed), id: again };
    const watched = await rest.deskhand(["runs", "rerun", ids.run, "--watch"]);
    expect(watched.exitCode).toBe(1);
    expect(watched.out).toContain(`Run ${again} on "Ann" failed at step 2.2:`);
  });

  it("is signed, of what was signed at first, for a runner that demands it", async () => {
    const manifestId = randomUUID();
    rest.answers[`GET /runs/${ids.run}`] = runDetail("succeeded", { manifestId });
    rest.answers[`GET /runners/${ids.runner}`] = { ...runner, signaturesRequired: true };
    rest.answers["POST /signing-keys"] = { ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status: "approved" }] };
    rest.answers[`POST /runs/${ids.run}/rerun`] = runDetail("queued");
    expect((await rest.deskhand(["runs", "rerun", ids.run])).exitCode).toBe(0);
    const sent = String(rest.calls.at(-1)?.body.signedManifest);
    expect(readManifest(sent)?.manifest).toMatchObject({ kind: "rerun", of: manifestId, profileId: ids.profile, runnerId: ids.runner });
  });

  it("of a run that goes on is refused with the server's words", async () => {
    rest.answers[`GET /runs/${ids.run}`] = runDetail("running");
    rest.answers[`POST /runs/${ids.run}/rerun`] = refused(409, "RUN_NOT_FINISHED");
    expect(await rest.deskhand(["runs", "rerun", ids.run, "--json"])).toMatchObject({ exitCode: 3, last: { code: "RUN_NOT_FINISHED" } });
  });
});

describe("runs files", () => {
  const artifact = (type: ArtifactType, name: string, content: string, stepIndex: number | null = null) => ({
    id: randomUUID(),
    runId: ids.run,
    type,
    name,
    stepIndex,
    bytes: Buffer.byteLength(content),
    sha256: createHash("sha256").update(content).digest("hex"),
    contentType: type === "screenshot" ? "image/jpeg" : "application/octet-stream",
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  const trace = artifact("trace", "trace.zip", "a trace");
  const picture = artifact("screenshot", "Step 2.2", "a picture", 3);
  const download = artifact("download", "../../trace.ZIP", "of a page");
  const content = (id: string) => `GET /artifacts/${id}/content`;
  let folder: string;

  beforeEach(() => {
    folder = path.join(rest.folder, "files", "here");
    rest.answers[`GET /runs/${ids.run}`] = runDetail("failed", { ...failed, artifacts: [trace, picture, download] });
    rest.answers[content(trace.id)] = file("a trace");
    rest.answers[content(picture.id)] = file("a picture");
    rest.answers[content(download.id)] = file("of a page");
  });

  it("lists them with their sizes and steps, of all kinds or of some", async () => {
    const { out } = await rest.deskhand(["runs", "files", ids.run]);
    expect(out.split("\n")[1]).toMatch(/^screenshot +9 B +step 2\.2 +Step 2\.2$/);
    const { lines } = await rest.deskhand(["runs", "files", ids.run, "--kind", "trace", "screenshot", "--json"]);
    expect(lines).toMatchObject([
      { type: "file", artifactId: trace.id, kind: "trace", step: null, bytes: 7, sha256: trace.sha256 },
      { type: "file", kind: "screenshot", step: "2.2", stepIndex: 3 },
      { type: "result", runId: ids.run, count: 2, bytes: 16 },
    ]);
    expect(rest.calls.map(({ route }) => route)).not.toContain(content(trace.id));
  });

  it("saves them under names of their own in the folder, readable to their owner, and once", async () => {
    const args = ["runs", "files", ids.run, "--save", folder, "--json"];
    expect((await rest.deskhand(args)).last).toEqual({ type: "result", runId: ids.run, folder, count: 3, saved: 3, failed: 0 });
    expect(readdirSync(folder).sort()).toEqual(["Step 2.2.jpg", "trace-2.ZIP", "trace.zip"].sort());
    expect(readFileSync(path.join(folder, "trace.zip"), "utf8")).toBe("a trace");
    expect(statSync(path.join(folder, "trace.zip")).mode & 0o777).toBe(0o600);
    const fetched = rest.calls.length;
    expect((await rest.deskhand(args)).last).toMatchObject({ saved: 3 });
    expect(rest.calls).toHaveLength(fetched + 1);
  });

  it("writes over another file only when it is told to", async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "trace.zip"), "mine");
    const args = ["runs", "files", ids.run, "--save", folder];
    expect(await rest.deskhand(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining("--force") });
    expect(readFileSync(path.join(folder, "trace.zip"), "utf8")).toBe("mine");
    expect((await rest.deskhand([...args, "--force"])).exitCode).toBe(0);
    expect(readFileSync(path.join(folder, "trace.zip"), "utf8")).toBe("a trace");
  });

  it("keeps nothing of a file that did not come whole, and goes on with the others", async () => {
    rest.answers[content(trace.id)] = file("b trace");
    rest.answers[content(picture.id)] = file("a pict", 3);
    const { exitCode, lines } = await rest.deskhand(["runs", "files", ids.run, "--save", folder, "--json"]);
    expect(exitCode).toBe(3);
    expect(lines).toMatchObject([
      { artifactId: trace.id, file: null, failureCode: "FILE_INCOMPLETE" },
      { artifactId: picture.id, file: null, failureCode: "FILE_INCOMPLETE" },
      { artifactId: download.id, file: path.join(folder, "trace-2.ZIP") },
      { type: "result", count: 3, saved: 1, failed: 2 },
    ]);
    expect(readdirSync(folder)).toEqual(["trace-2.ZIP"]);
  });

  it("says that one is gone, and that the runner is away", async () => {
    rest.answers[content(trace.id)] = refused(410, "ARTIFACT_GONE");
    const gone = await rest.deskhand(["runs", "files", ids.run, "--save", folder]);
    expect(gone).toMatchObject({ exitCode: 3, out: expect.stringContaining("Saved 2 of 3 files.") });
    rest.answers[content(trace.id)] = refused(409, "RUNNER_OFFLINE");
    const away = await rest.deskhand(["runs", "files", ids.run, "--save", folder, "--json"]);
    expect(away).toMatchObject({ exitCode: 3, last: { code: "RUNNER_OFFLINE" } });
  });

  it("waits its turn when the runner sends others", async () => {
    let asked = 0;
    rest.answers[content(trace.id)] = () => (++asked === 1 ? refused(429, "RATE_LIMITED") : file("a trace"));
    expect((await rest.deskhand(["runs", "files", ids.run, "--save", folder, "--kind", "trace"])).exitCode).toBe(0);
    expect(asked).toBe(2);
  });

  it("saves a video as any other file", async () => {
    const video = artifact("video", "video.mkv", "what moved");
    rest.answers[`GET /runs/${ids.run}`] = runDetail("failed", { ...failed, artifacts: [trace, video] });
    rest.answers[content(video.id)] = file("what moved");
    expect((await rest.deskhand(["runs", "files", ids.run, "--save", folder, "--kind", "video"])).exitCode).toBe(0);
    expect(readFileSync(path.join(folder, "video.mkv"), "utf8")).toBe("what moved");
  });

  it.each([["--kind", "sound"], ["--force"]])("refuses %s %s before anything is asked", async (...typed) => {
    expect((await rest.deskhand(["runs", "files", ids.run, ...typed])).exitCode).toBe(2);
    expect(rest.calls).toEqual([]);
  });
});
