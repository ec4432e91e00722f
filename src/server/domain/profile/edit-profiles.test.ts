import { editProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createRunner, createScene, testContext } from "@/server/testing/factories";
import { configureProfiles } from "./configure-profiles.ts";
import { editProfiles } from "./edit-profiles.ts";
import { findTargets } from "./find-targets.ts";

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
  const { projectId, runner, actor } = made;
  await db.profile.deleteMany({ where: { projectId } });
  const add = (name: string, data: object = {}) => createProfile(db, { projectId, runnerId: runner.id, name, ...data });
  return { projectId, runner, add, ctx: testContext(db, actor) };
}

test("editing many adds and removes tags, keeps their order, and tells which it did not change, with why", async () => {
  const { ctx, projectId, add } = await scene();
  const [a, b] = [await add("a", { tags: ["z", "y"] }), await add("b")];
  const edit = (input: object) => editProfiles(ctx, editProfilesInput.parse({ projectId, ...input }));
  expect(await edit({ filter: {}, addTags: ["x", "z"], removeTags: ["y"], notes: "n" })).toEqual({ done: 2, refused: [] });
  expect((await db.profile.findUnique({ where: { id: a.id } }))?.tags).toEqual(["z", "x"]);
  await edit({ ids: [b.id], removeTags: ["z"] });
  const many = Array.from({ length: 19 }, (_, n) => `t${n}`);
  const full = { id: a.id, name: "a", code: "INVALID_INPUT" };
  expect(await edit({ ids: [a.id, b.id], addTags: many, notes: "many" })).toEqual({ done: 1, refused: [full] });
  expect(await db.profile.findUnique({ where: { id: a.id } })).toMatchObject({ tags: ["z", "x"], notes: "n" });
  expect(await db.profile.findUnique({ where: { id: b.id } })).toMatchObject({ tags: ["x", ...many], notes: "many" });
  const gone = await add("gone", { deletedAt: new Date(0) });
  const foreign = await (await scene()).add("another's");
  const absent = [
    { id: gone.id, name: "gone", code: "NOT_FOUND" },
    { id: foreign.id, name: foreign.id, code: "NOT_FOUND" },
  ];
  expect(await edit({ ids: [a.id, gone.id, foreign.id], addTags: ["w"] })).toEqual({ done: 1, refused: absent });
  expect(await db.profile.findMany({ where: { tags: { has: "w" } } })).toMatchObject([{ id: a.id }]);
  await expectCode(edit({ ids: [gone.id, foreign.id], addTags: ["w"] }), "NOT_FOUND");
  const asked = { projectId, ids: [a.id, gone.id, foreign.id], deleted: false };
  expect(await findTargets(ctx, { ...asked, tellGone: true })).toMatchObject({ items: [{ id: a.id }], gone: absent });
  await expectCode(findTargets(ctx, asked), "NOT_FOUND");
});

test("changing what many are like is all or none, and tells of each that cannot be changed why, so that the others can", async () => {
  const { ctx, projectId, runner, add } = await scene();
  const elsewhere = await createRunner(db, { projectId });
  const all = [
    await add("free"),
    await add("moving", { moveId: crypto.randomUUID() }),
    await add("elsewhere", { runnerId: elsewhere.id }),
    await add("changed", { revision: 3 }),
    await add("gone", { deletedAt: new Date(0) }),
  ];
  const [free, moving, away, changed, gone] = all.map(({ id, name }) => ({ id, name }));
  const settings = { ...defaultSettings, onMismatch: "block" as const };
  const wanted = all.map(({ id }) => ({ profileId: id, revision: 1, settings }));
  const input = { projectId, runnerId: runner.id };
  const { details } = await expectCode(configureProfiles(ctx, { ...input, profiles: wanted }), "PROFILE_MOVING");
  expect(details).toEqual({
    profileIds: [moving?.id],
    refused: [
      { ...moving, code: "PROFILE_MOVING" },
      { ...away, code: "PROFILE_ON_OTHER_RUNNER" },
      { ...changed, code: "CONFLICT" },
      { ...gone, code: "NOT_FOUND" },
    ],
  });
  expect(await db.profile.findUnique({ where: { id: free?.id ?? "" } })).toMatchObject({ revision: 0 });
  await configureProfiles(ctx, { ...input, profiles: wanted.slice(0, 1) });
  expect(await db.profile.findUnique({ where: { id: free?.id ?? "" } })).toMatchObject({ revision: 1, settings });
});
