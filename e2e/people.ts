import { randomUUID } from "node:crypto";
import type { BrowserContext } from "@playwright/test";
import { pino } from "pino";
import { type Context, systemClock } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createAccount } from "@/server/domain/account/create-account";
import { createSession } from "@/server/domain/session/create-session";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import type { Product } from "./product.ts";

/** Somebody with a project. They have no password: the tests that sign in by the form make their own account there. */
export type Person = { email: string; name: string; userId: string; projectId: string };

/** Makes a person nobody else knows. */
export async function signUp(product: Product): Promise<Person> {
  const name = "Test Person";
  const email = `${randomUUID()}@example.com`;
  const created = await withDatabase(product, (db) => createAccount(context(db), { name, email, passwordHash: null }));
  return { name, email, ...created };
}

/** Gives a browser context the session of a person, as if they had signed in. */
export async function signIn(browser: BrowserContext, product: Product, { email }: { email: string }): Promise<void> {
  const { token } = await withDatabase(product, async (db) => {
    const user = await db.user.findUniqueOrThrow({ where: { email } });
    return createSession(context(db), { userId: user.id, userAgent: "Playwright" });
  });
  await browser.addCookies([await sessionCookieFor(token, { AUTH_SECRET: product.authSecret, PUBLIC_URL: product.url })]);
}

/** Gives `work` the database of the product that runs, for what no page can make. */
export async function withDatabase<Result>(product: Product, work: (db: Db) => Promise<Result>): Promise<Result> {
  const db = createDb(product.databaseUrl);
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

function context(db: Db): Context {
  return { db, actor: { kind: "system" }, clock: systemClock, logger: pino({ level: "silent" }) };
}
