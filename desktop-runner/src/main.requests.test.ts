import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runStart } from "./connection/testing/fake-relay.ts";
import { ArtifactIndex } from "./journal/artifact-index.ts";
import { Journal } from "./journal/journal.ts";
import { until, useRunnerBed, whole } from "./testing/runner-bed.ts";

const bed = useRunnerBed();

describe("the rest of what a server may ask", () => {
  it("deletes a profile's folder", async () => {
    await bed.connected();
    const profileId = randomUUID();
    const folder = path.join(bed.paired.home.profilesFolder, profileId);
    mkdirSync(folder);
    const command = { ...runStart(), kind: "profile.delete", payload: { profileId } };
    await bed.relay.deliver(command);
    await until(() => expect(bed.relay.seen.outcomes).toMatchObject([{ commandId: command.id, state: "succeeded" }]));
    expect(existsSync(folder)).toBe(false);
  });

  it("keeps a deleted profile until its time is over, and brings it back when it is asked for before", async () => {
    await bed.connected();
    const { profilesFolder, deletedProfilesFolder } = bed.paired.home;
    const profileId = randomUUID();
    mkdirSync(path.join(profilesFolder, profileId));
    writeFileSync(path.join(profilesFolder, profileId, "state.json"), "{}");
    const endOf = async (kind: string, payload: object) => {
      const command = { ...runStart(), kind, payload };
      await bed.relay.deliver(command);
      await until(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
      return bed.relay.seen.outcomes.find(({ commandId }) => commandId === command.id);
    };
    expect(await endOf("profile.delete", { profileId, keepMs: 60_000 })).toMatchObject({ state: "succeeded" });
    expect([existsSync(path.join(profilesFolder, profileId)), existsSync(path.join(deletedProfilesFolder, profileId))]).toEqual([
      false,
      true,
    ]);
    expect(await endOf("profile.restore", { profileId })).toMatchObject({ state: "succeeded" });
    expect(readFileSync(path.join(profilesFolder, profileId, "state.json"), "utf8")).toBe("{}");
    expect(await endOf("profile.restore", { profileId: randomUUID() })).toMatchObject({ state: "failed", failureCode: "PROFILE_GONE" });
  });

  it("keeps what profiles are like, the newest revision only, and tells the server that it has it", async () => {
    await bed.connected();
    const profileId = randomUUID();
    const configure = async (revision: number, engine: string) => {
      const command = { ...runStart(), kind: "profile.configure", payload: { profiles: [{ profileId, revision, settings: { engine } }] } };
      await bed.relay.deliver(command);
      await until(() => expect(bed.relay.seen.outcomes.map(({ commandId }) => commandId)).toContain(command.id));
    };
    await configure(2, "dedicated");
    await configure(1, "shared");
    await until(() => expect(bed.relay.seen.profiles.get(profileId)).toMatchObject({ revision: 2, holder: null }));
    const command = runStart({ title: "hang", profileId });
    await bed.relay.deliver(command);
    const { runId } = command.payload;
    await until(() => expect(bed.relay.seen.profiles.get(profileId)).toMatchObject({ holder: { kind: "run", id: runId } }));
    bed.relay.cancels = [command.id];
    await until(() => expect(bed.relay.seen.profiles.get(profileId)).toMatchObject({ holder: null }));
  });

  it("reads a run's log, and says when there is none", async () => {
    await bed.connected();
    const command = runStart();
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(whole));
    const { runId } = command.payload;
    expect(await bed.relay.ask("log-request", { v: 1, runId, after: 0 })).toMatchObject({ ok: true, lines: [{ seq: 1, level: "info" }] });
    expect(await bed.relay.ask("log-request", { v: 1, runId, after: 1 })).toMatchObject({ ok: true, lines: [] });
    expect(await bed.relay.ask("log-request", { v: 1, runId: randomUUID(), after: 0 })).toMatchObject({ ok: false, code: "ARTIFACT_GONE" });
  });

  it("sends an artifact by HTTP, and says when it is gone", async () => {
    const [artifactId, runId] = [randomUUID(), randomUUID()];
    const journal = new Journal(bed.paired.home.journalFile);
    new ArtifactIndex(journal).add({ id: artifactId, runId, file: "a.txt", contentType: "text/plain", bytes: 5 });
    journal.close();
    mkdirSync(path.join(bed.paired.home.artifactsFolder, runId));
    writeFileSync(path.join(bed.paired.home.artifactsFolder, runId, "a.txt"), "hello");
    await bed.connected();
    const request = { v: 1, artifactId, runId, uploadPath: "/relay/blobs/x", token: "t".repeat(20) };
    expect(await bed.relay.ask("artifact-request", request)).toEqual({ v: 1, ok: true });
    await until(() => expect(bed.relay.uploads).toHaveLength(1));
    expect(bed.relay.uploads[0]).toMatchObject({
      path: "/relay/blobs/x",
      authorization: `Bearer ${"t".repeat(20)}`,
      body: Buffer.from("hello"),
    });
    expect(await bed.relay.ask("artifact-request", { ...request, artifactId: randomUUID() })).toEqual({
      v: 1,
      ok: false,
      code: "ARTIFACT_GONE",
    });
  });

  it("sends frames while somebody looks, each after the last was taken", async () => {
    await bed.connected();
    const command = runStart({ title: "hang" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toContain("step-started"));
    expect(bed.relay.seen.frames).toBe(0);
    bed.relay.socket.emit("live", { v: 1, runId: command.payload.runId, on: true });
    await until(() => expect(bed.relay.seen.frames).toBeGreaterThan(3));
  });

  it("is answered MESSAGE_INVALID when it cannot be read, and the runner stays", async () => {
    await bed.connected();
    const { leaseToken } = runStart();
    expect(await bed.relay.deliver({ v: 1, kind: "run.start", leaseToken })).toMatchObject({
      status: "refused",
      leaseToken,
      code: "MESSAGE_INVALID",
    });
    expect(await bed.relay.ask("no such message", { v: 1 })).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    expect(await bed.relay.deliver({ nonsense: true })).toMatchObject({ status: "refused", code: "MESSAGE_INVALID" });
    for (const name of ["log-request", "artifact-request"]) {
      expect(await bed.relay.ask(name, { v: 2 })).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    }
    bed.relay.socket.emit("cancel", 7);
    bed.relay.socket.emit("live", null);
    const command = runStart();
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(whole));
  });

  it("is refused when the journal has no room for it: nothing is started that is not written", async () => {
    await bed.connected({ journalMaxBytes: 200_000 });
    const command = runStart();
    command.payload.recording.padding = "x".repeat(400_000);
    expect(await bed.relay.deliver(command)).toMatchObject({ status: "refused", code: "INTERNAL" });
    const small = runStart();
    await bed.relay.deliver(small);
    await until(() => expect(bed.kindsOf(small.payload.runId)).toEqual(whole));
    expect(bed.relay.runs.has(command.payload.runId)).toBe(false);
  });
});
