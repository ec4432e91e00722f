import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, addMember, createRun, createScene, testContext } from "@/server/testing/factories";
import { getProfile } from "./queries.ts";

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

async function scene() {
  const made = await createScene(db);
  const { projectId, runner, profile, owner } = made;
  const other = await addMember(db, projectId, "member");
  const seenBy = async (user: { id: string }) => (await getProfile(testContext(db, actorOf(user)), { id: profile.id })).heldBy;
  const hold = (holderKind: string | null, holderId: string | null) =>
    db.profile.update({ where: { id: profile.id }, data: { holderKind, holderId, holderSince: holderKind ? new Date() : null } });
  const at = { createdAt: new Date(), deadlineAt: new Date() };
  const opened = () =>
    db.command.create({
      data: { id: uuid(), ...{ projectId, runnerId: runner.id, ...at }, kind: "profile.open", payload: {}, requestedById: owner.id },
    });
  return { ...made, other, seenBy, hold, opened };
}

test("whoever opened a window is told that it is theirs, and others whose it is", async () => {
  const { owner, other, seenBy, hold, opened } = await scene();
  expect(await seenBy(owner)).toBeNull();
  await hold("window", (await opened()).id);
  expect(await seenBy(owner)).toEqual({ name: owner.name, isMe: true });
  expect(await seenBy(other)).toEqual({ name: owner.name, isMe: false });
  // a program on the runner's computer is nobody's that the server knows
  await hold("connect", uuid());
  expect(await seenBy(owner)).toBeNull();
});

test("of a run it is who asked for it, also before its runner has said that it has the profile", async () => {
  const made = await scene();
  const { owner, other, seenBy, hold } = made;
  const { run, command } = await createRun(db, { ...made, state: "accepted" });
  await db.command.update({ where: { id: command.id }, data: { requestedById: other.id } });
  expect(await seenBy(other)).toEqual({ name: other.name, isMe: true });
  await hold("run", run.id);
  expect(await seenBy(owner)).toEqual({ name: other.name, isMe: false });
});
