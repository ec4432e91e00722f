import { parseRecording } from "@deskhand/shared/schemas/recording";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createLogger } from "@/server/logger";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { admitLocalRunner, createFirstProfile } from "./admit-local-runner.ts";
import { createDemo } from "./create-demo.ts";
import { practiceRecording } from "./practice-recording.ts";

const publicUrl = "http://localhost:3000";
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const ctx = () => ({ db, clock: systemClock, logger: createLogger("silent"), actor: { kind: "system" as const } });

describe("the first start", () => {
  it("offers a sample workflow that the parser takes", () => {
    expect(parseRecording(JSON.stringify(practiceRecording(publicUrl)))).toMatchObject({ ok: true });
  });

  it("makes an owner, a project, a key and the workflow once", async () => {
    expect(await admitLocalRunner(ctx(), { publicUrl, runnerId: null })).toBeNull();
    const demo = await createDemo(ctx(), { publicUrl });
    expect(demo).toMatchObject({ email: expect.stringContaining("@"), apiKey: expect.stringMatching(/^dh_/) });
    expect(await db.workflow.count({ where: { projectId: demo?.projectId ?? "" } })).toBe(1);
    expect(await createDemo(ctx(), { publicUrl })).toBeNull();
  });

  it("gives the runner beside the server a code that needs no click, and none when it is known", async () => {
    const code = await admitLocalRunner(ctx(), { publicUrl, runnerId: "0190b0a0-0000-7000-8000-000000000000" });
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(await db.pairingCode.findFirstOrThrow()).toMatchObject({ autoAccept: true });
    const { projectId } = await db.member.findFirstOrThrow();
    const runner = await db.runner.create({
      data: {
        projectId,
        name: "here",
        platform: "linux",
        arch: "x64",
        version: "1",
        publicKey: "k",
        fingerprint: "F",
        sealRecipient: "a",
        status: "accepted",
        keyCreatedAt: new Date(),
        createdAt: new Date(),
      },
    });
    expect(await admitLocalRunner(ctx(), { publicUrl, runnerId: runner.id })).toBeNull();
    const profileId = await createFirstProfile(ctx(), { runnerId: runner.id });
    expect(await db.profile.findUniqueOrThrow({ where: { id: profileId ?? "" } })).toMatchObject({ runnerId: runner.id });
    expect(await createFirstProfile(ctx(), { runnerId: runner.id })).toBeNull();
  });
});
