import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { AppError } from "@/server/errors";
import { signInByAddress, signInByEmail, signUpByAddress } from "@/server/limits";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { testContext } from "@/server/testing/factories";
import { signIn } from "./sign-in.ts";
import { signInWithProvider } from "./sign-in-with-provider.ts";
import { signUp } from "./sign-up.ts";

let database: TestDatabase;
let db: Db;
let ctx: Context;
let addresses = 0;
function nextAddress(): string {
  addresses += 1;
  return `192.0.2.${addresses}`;
}
const password = "correct horse battery";

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  ctx = testContext(db, { kind: "anonymous" });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe("signing up", () => {
  test("it makes an account with a first project that the person owns", async () => {
    const account = await signUp(ctx, { name: "Ada", email: "ada@example.com", password }, nextAddress());
    expect(account).toMatchObject({ email: "ada@example.com", name: "Ada", isOperator: false });
    const members = await db.member.findMany({ where: { userId: account.id }, include: { project: true } });
    expect(members.map(({ role, project }) => [role, project.name])).toEqual([["owner", "My project"]]);
  });

  test("the password is stored as Argon2id with at least 19 MiB and two passes", async () => {
    const { passwordHash } = await db.user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test("an address that has an account is refused and leaves nothing behind", async () => {
    const before = await db.project.count();
    const error = await failure(signUp(ctx, { name: "Eve", email: "ada@example.com", password }, nextAddress()));
    expect(error.code).toBe("EMAIL_TAKEN");
    expect(await db.project.count()).toBe(before);
  });

  test("the same new address many times at once makes one account", async () => {
    const input = { name: "Bob", email: "bob@example.com", password };
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => signUp(ctx, input, nextAddress())));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db.user.count({ where: { email: input.email } })).toBe(1);
  });

  test("asking for many addresses is stopped, also by refused sign-ups", async () => {
    const from = nextAddress();
    await db.rateLimit.deleteMany();
    const ask = () => failure(signUp(ctx, { name: "Eve", email: "ada@example.com", password }, from));
    const codes = new Set<string>();
    for (let i = 0; i < signUpByAddress.points; i += 1) codes.add((await ask()).code);
    expect([...codes]).toEqual(["EMAIL_TAKEN"]);
    const refused = await ask();
    expect(refused.code).toBe("RATE_LIMITED");
    expect(refused.retryAfterMs).toBeGreaterThan(0);
  });
});

describe("signing in", () => {
  test("the right password signs in, whatever the case of the address", async () => {
    const { id } = await db.user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    const signedIn = await signIn(ctx, { email: " Ada@Example.com ", password, clientAddress: nextAddress() });
    expect(signedIn).toEqual({ userId: id });
  });

  test("an unknown address and a wrong password are refused in the same words", async () => {
    const wrong = await failure(signIn(ctx, { email: "ada@example.com", password: "wrong", clientAddress: nextAddress() }));
    const unknown = await failure(signIn(ctx, { email: "nobody@example.com", password, clientAddress: nextAddress() }));
    for (const error of [wrong, unknown]) {
      expect({ code: error.code, words: error.userMessage, details: error.details }).toEqual({
        code: "SIGN_IN_FAILED",
        words: undefined,
        details: undefined,
      });
    }
  });

  test("an account without a password cannot be entered by any", async () => {
    await signInWithProvider(ctx, { provider: "github", providerId: "7", email: "git@example.com", name: "Git" });
    for (const guess of ["", "nobody has this password"]) {
      const error = await failure(signIn(ctx, { email: "git@example.com", password: guess, clientAddress: nextAddress() }));
      expect(error.code).toBe("SIGN_IN_FAILED");
    }
  });

  test.each(["ada@example.com", "no-account@example.com"])(
    "guessing the password of %s is stopped, from however many places",
    async (email) => {
      await db.rateLimit.deleteMany();
      const guess = () => failure(signIn(ctx, { email, password: "wrong guess", clientAddress: nextAddress() }));
      const codes: string[] = [];
      for (let i = 0; i <= signInByEmail.points; i += 1) codes.push((await guess()).code);
      expect(codes).toEqual([...Array<string>(signInByEmail.points).fill("SIGN_IN_FAILED"), "RATE_LIMITED"]);
      const right = await failure(signIn(ctx, { email, password, clientAddress: nextAddress() }));
      expect(right.code).toBe("RATE_LIMITED");
    },
  );

  test("guessing at once is counted like guessing in turn", async () => {
    await db.rateLimit.deleteMany();
    const guesses = Array.from({ length: signInByEmail.points * 2 }, () =>
      failure(signIn(ctx, { email: "bob@example.com", password: "wrong guess", clientAddress: nextAddress() })),
    );
    const codes = (await Promise.all(guesses)).map(({ code }) => code);
    expect(codes.filter((code) => code === "SIGN_IN_FAILED")).toHaveLength(signInByEmail.points);
  });

  test("trying many addresses from one place is stopped, and the count survives another instance", async () => {
    await db.rateLimit.deleteMany();
    const from = nextAddress();
    const elsewhere = createDb(database.url);
    const guess = (at: Db, i: number) =>
      failure(signIn({ ...ctx, db: at }, { email: `who${i}@example.com`, password: "wrong", clientAddress: from }));
    for (let i = 0; i < signInByAddress.points; i += 1) expect((await guess(i % 2 ? db : elsewhere, i)).code).toBe("SIGN_IN_FAILED");
    expect((await guess(db, 1000)).code).toBe("RATE_LIMITED");
    expect((await guess(elsewhere, 1001)).code).toBe("RATE_LIMITED");
    await elsewhere.$disconnect();
  });

  test("signing in rightly does not use up the limits", async () => {
    await db.rateLimit.deleteMany();
    const from = nextAddress();
    for (let i = 0; i < signInByEmail.points + 2; i += 1) await signIn(ctx, { email: "bob@example.com", password, clientAddress: from });
    const counts = await db.rateLimit.findMany({ where: { points: { gt: 0 } } });
    expect(counts).toEqual([]);
  });

  test("no address is kept in the counters in the clear", async () => {
    await db.rateLimit.deleteMany();
    await failure(signIn(ctx, { email: "ada@example.com", password: "wrong", clientAddress: "192.0.2.250" }));
    const keys = (await db.rateLimit.findMany()).map(({ key }) => key).join();
    expect(keys).not.toMatch(/ada|192/);
  });
});

describe("signing in through a provider", () => {
  const github = { provider: "github", providerId: "42", email: "Octo@example.com", name: "Octo" };

  test("the first time makes an account with a project, later times find it", async () => {
    const first = await signInWithProvider(ctx, github);
    const again = await signInWithProvider(ctx, { ...github, email: "changed@example.com" });
    expect(again.userId).toBe(first.userId);
    expect(await db.member.count({ where: { userId: first.userId, role: "owner" } })).toBe(1);
  });

  test("it does not enter an account that somebody made with the same address", async () => {
    const error = await failure(signInWithProvider(ctx, { ...github, providerId: "43", email: "ada@example.com" }));
    expect(error.code).toBe("EMAIL_TAKEN");
  });

  test("an identity without an address is refused", async () => {
    expect((await failure(signInWithProvider(ctx, { ...github, providerId: "44", email: null }))).code).toBe("SIGN_IN_FAILED");
  });
});
