import { REQUEST_LASTS_MS } from "@deskhand/shared/schemas/profile-request";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { getRun } from "@/server/domain/run/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createRun, createScene, testClock, testContext } from "@/server/testing/factories";
import { answerRequest } from "./answer-request.ts";
import { askForProfile } from "./ask-for-profile.ts";
import { listRequests } from "./queries.ts";
import { takeProfile } from "./take-profile.ts";
import { withdrawRequest } from "./withdraw-request.ts";

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

/** A profile with a run of one member on it, which another member wants. */
async function scene() {
  const made = await createScene(db);
  const { projectId, profile } = made;
  const clock = testClock();
  const [holder, asker, third] = [
    await addMember(db, projectId, "member"),
    await addMember(db, projectId, "member"),
    await addMember(db, projectId, "member"),
  ];
  const { run, command } = await createRun(db, { ...made, state: "running" });
  await db.command.update({ where: { id: command.id }, data: { requestedById: holder.id } });
  const as = (user: { id: string }) => testContext(db, actorOf(user), clock);
  const ask = (user: { id: string }, message = "") => askForProfile(as(user), { profileId: profile.id, message, publicUrl: "http://x" });
  const seen = async (user: { id: string }) => (await listRequests(as(user), { projectId })).items;
  const cancelAsked = async () => (await db.run.findUniqueOrThrow({ where: { id: run.id } })).cancelRequestedAt !== null;
  return { ...made, clock, holder, asker, third, run, as, ask, seen, cancelAsked };
}

describe("asking for a profile", () => {
  test("is seen by all and answered by whose run it is, who is told; handing over ends the run", async () => {
    const { ask, asker, holder, third, seen, as, cancelAsked, projectId, run } = await scene();
    await ask(asker, "Two minutes?");
    await ask(asker);
    const [request] = await seen(holder);
    expect(request).toMatchObject({ state: "waiting", message: "Two minutes?", mayAnswer: true, isMine: false, holderId: run.id });
    expect(await seen(third)).toMatchObject([{ mayAnswer: false }]);
    expect(await seen(asker)).toMatchObject([{ isMine: true, mayAnswer: false }]);
    const alert = await db.alert.findFirst({ where: { projectId }, include: { deliveries: true } });
    expect(alert).toMatchObject({ type: "profile.requested", deliveries: [{ userId: holder.id }] });
    const id = request?.id ?? "";
    await expectCode(answerRequest(as(third), { id, answer: "granted" }), "FORBIDDEN");
    await answerRequest(as(holder), { id, answer: "granted" });
    expect(await cancelAsked()).toBe(true);
    expect(await seen(asker)).toEqual([]);
    await expectCode(answerRequest(as(holder), { id, answer: "refused" }), "CONFLICT");
  });

  test("that is refused leaves the run alone", async () => {
    const { ask, asker, holder, seen, as, cancelAsked, profile, projectId } = await scene();
    await ask(asker);
    await answerRequest(as(holder), { id: (await seen(holder))[0]?.id ?? "", answer: "refused" });
    expect(await cancelAsked()).toBe(false);
    const { items } = await listRequests(as(asker), { projectId, profileId: profile.id });
    expect(items).toMatchObject([{ state: "refused" }]);
  });

  test("is over after two minutes by itself, and one asks at a time", async () => {
    const { ask, asker, third, holder, seen, as, clock, profile, projectId } = await scene();
    await ask(asker);
    await expectCode(ask(third), "CONFLICT");
    const id = (await seen(holder))[0]?.id ?? "";
    clock.advance(REQUEST_LASTS_MS);
    expect(await seen(holder)).toEqual([]);
    await expectCode(answerRequest(as(holder), { id, answer: "granted" }), "CONFLICT");
    await ask(third);
    await withdrawRequest(as(third), { profileId: profile.id });
    const { items } = await listRequests(as(third), { projectId, profileId: profile.id });
    expect(items.map(({ state }) => state)).toEqual(["withdrawn", "expired"]);
  });

  test("needs somebody who uses it", async () => {
    const { ask, asker, run } = await scene();
    await db.run.update({ where: { id: run.id }, data: { state: "succeeded" } });
    await expectCode(ask(asker), "PROFILE_NOT_IN_USE");
  });

  test("works for a window too, as its runner said last", async () => {
    const { ask, asker, third, seen, run, profile } = await scene();
    await db.run.update({ where: { id: run.id }, data: { state: "succeeded" } });
    await db.profile.update({ where: { id: profile.id }, data: { holderKind: "window", holderId: uuid(), holderSince: new Date() } });
    await ask(asker);
    expect(await seen(third)).toMatchObject([{ holderKind: "window", holderName: null, mayAnswer: true }]);
  });

  test("that waits for a window is no holder: handing over closes the window, and the run goes on", async () => {
    const { ask, asker, third, seen, as, run, profile, cancelAsked } = await scene();
    await db.run.update({ where: { id: run.id }, data: { state: "accepted" } });
    const opened = await db.command.findFirstOrThrow({ where: { runId: run.id } });
    const { payload: _, ...command } = { ...opened, id: uuid(), runId: null, kind: "profile.open", requestedById: third.id, result: {} };
    const window = await db.command.create({ data: { ...command, payload: {}, position: undefined } });
    const holder = { holderKind: "window", holderId: window.id, holderSince: new Date() };
    await db.profile.update({ where: { id: profile.id }, data: holder });
    expect((await getRun(as(asker), run)).waitsFor).toEqual({ kind: "window", by: third.name, since: holder.holderSince.toISOString() });
    await ask(asker);
    const [request] = await seen(third);
    expect(request).toMatchObject({ holderKind: "window", holderName: third.name, mayAnswer: true });
    await answerRequest(as(third), { id: request?.id ?? "", answer: "granted" });
    expect(await cancelAsked()).toBe(false);
    const close = await db.command.findFirst({ where: { kind: "profile.close" }, orderBy: { createdAt: "desc" } });
    expect(close).toMatchObject({ runnerId: profile.runnerId, payload: { profileId: profile.id }, state: "queued" });
  });
});

test("who manages runners takes a profile without asking, and the reason is kept", async () => {
  const { as, owner, asker, profile, cancelAsked, ask, projectId } = await scene();
  await ask(asker);
  await expectCode(takeProfile(as(asker), { profileId: profile.id, reason: "It hangs." }), "FORBIDDEN");
  await takeProfile(as(owner), { profileId: profile.id, reason: "It hangs." });
  expect(await cancelAsked()).toBe(true);
  const { items } = await listRequests(as(asker), { projectId, profileId: profile.id });
  expect(items.map(({ state, message }) => [state, message])).toContainEqual(["taken", "It hangs."]);
});
