import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createUser } from "@/server/testing/factories";
import { runOperatorCommand } from "./operator.ts";

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
const run = (...words: string[]) => runOperatorCommand(database.url, words);

test("somebody becomes an operator and no operator again, by the address of their account", async () => {
  const { id, email } = await createUser(db);
  const isOperator = async () => (await db.user.findUniqueOrThrow({ where: { id } })).isOperator;
  expect(await run("list")).toEqual({ text: "There is no operator.", exitCode: 0 });
  expect(await run("grant", ` ${email.toUpperCase()} `)).toMatchObject({ exitCode: 0 });
  expect(await isOperator()).toBe(true);
  expect((await run("list")).text).toContain(email);
  expect(await run("revoke", email)).toMatchObject({ exitCode: 0 });
  expect(await isOperator()).toBe(false);
});

test("an address without an account, and words that mean nothing, change nothing and say so", async () => {
  expect(await run("grant", "nobody@example.com")).toMatchObject({ exitCode: 1 });
  for (const words of [[], ["grant"], ["list", "x"], ["grant", "a@example.com", "b"], ["promote", "a@example.com"]]) {
    expect(await run(...words)).toMatchObject({ exitCode: 2 });
  }
});
