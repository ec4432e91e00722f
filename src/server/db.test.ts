import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db, type Query } from "./db.ts";
import { toAppError } from "./errors.ts";
import { createTestDatabase, type TestDatabase } from "./testing/database.ts";

/** Stands before the database, and can fall silent as a network does: connections stay, nothing passes. */
class SilentProxy {
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Set<Socket>();
  #silent = false;
  #holding = false;
  #server: Server | undefined;

  async listen(target: URL): Promise<string> {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      this.#answers.add(far);
      if (this.#holding) far.pause();
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        if (this.#silent || (this.#holding && from === far)) from.pause();
        from.on("error", () => to.destroy());
        from.on("close", () => this.#sockets.delete(from));
      }
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const url = new URL(target);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  fallSilent(silent: boolean): void {
    this.#silent = silent;
    for (const socket of this.#sockets) silent ? socket.pause() : socket.resume();
  }

  /** Keeps what the database says, and then lets it out in one piece. */
  holdAnswers(hold: boolean): void {
    this.#holding = hold;
    for (const socket of this.#answers) hold ? socket.pause() : socket.resume();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

describe("a database that no longer answers", () => {
  let database: TestDatabase;
  let proxy: SilentProxy;
  let db: Db;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = new SilentProxy();
    db = createDb(await proxy.listen(new URL(database.url)), { queryTimeoutMs: 1_000 });
  });

  afterEach(async () => {
    await db.$disconnect();
    await proxy.close();
    await database.drop();
  });

  test("is told as such, and is used again when it answers", async () => {
    await db.user.count();
    proxy.fallSilent(true);
    const error = await db.user.count().catch(toAppError);
    expect(error).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    proxy.fallSilent(false);
    expect(await db.user.count()).toBe(0);
  });

  test("because it ended a connection that was made in this moment, is told as such and ends nothing else", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on("uncaughtException", note);
    const direct = createDb(database.url);
    proxy.holdAnswers(true);
    const work = db.$transaction((tx) => tx.user.count()).catch(toAppError);
    // both its welcome and its end are on the way when the client hears the first word
    const others = () => direct.$queryRaw<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'idle'`;
    await vi.waitFor(async () => expect(await others()).toHaveLength(1));
    await direct.$queryRaw`select pg_terminate_backend(${(await others())[0]?.pid})`;
    await vi.waitFor(async () => expect(await others()).toHaveLength(0));
    proxy.holdAnswers(false);
    expect(await work).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect(await db.user.count()).toBe(0);
    expect(uncaught).toEqual([]);
    process.off("uncaughtException", note);
    await direct.$disconnect();
  });

  test("in the middle of a transaction leaves nothing half done, and no later query runs inside that transaction", async () => {
    const user = (name: string) => ({ email: `${name}@example.com`, name, passwordHash: "none", createdAt: new Date() });
    const error = await db
      .$transaction(async (tx) => {
        await tx.user.create({ data: user("first") });
        proxy.fallSilent(true);
        await tx.user.create({ data: user("second") });
      })
      .catch(toAppError);
    expect(error).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    proxy.fallSilent(false);
    await Promise.all(Array.from({ length: 10 }, (_, n) => db.user.create({ data: user(`later-${n}`) })));
    const direct = createDb(database.url);
    try {
      expect(await direct.user.count()).toBe(10);
    } finally {
      await direct.$disconnect();
    }
  });

  test("in the middle of a transaction in plain SQL leaves nothing half done, and its connection is not used again", async () => {
    const insert = (query: Query, name: string) =>
      query(`insert into "User" (id, email, name, "createdAt") values (gen_random_uuid(), $1, $2, now())`, `${name}@example.com`, name);
    const error = await db.plain
      .transaction(async (query) => {
        await insert(query, "first");
        proxy.fallSilent(true);
        await insert(query, "second");
      })
      .catch(toAppError);
    expect(error).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    proxy.fallSilent(false);
    await Promise.all(Array.from({ length: 10 }, (_, n) => db.plain.transaction((query) => insert(query, `later-${n}`))));
    expect(await db.user.count()).toBe(10);
  });
});

test("a transaction in plain SQL that throws leaves nothing, and its connection is as good as before", async () => {
  const database = await createTestDatabase();
  const db = createDb(database.url);
  const insert = (query: Query, email: string) =>
    query(`insert into "User" (id, email, name, "createdAt") values (gen_random_uuid(), $1, 'Someone', now())`, email);
  const twice = db.plain.transaction(async (query) => {
    await insert(query, "same@example.com");
    await insert(query, "same@example.com");
  });
  await expect(twice).rejects.toMatchObject({ code: "23505" });
  expect(await db.plain.query('select email from "User"')).toEqual([]);
  await db.plain.transaction((query) => insert(query, "same@example.com"));
  expect(await db.plain.query('select email from "User"')).toEqual([{ email: "same@example.com" }]);
  await db.$disconnect();
  await database.drop();
});
