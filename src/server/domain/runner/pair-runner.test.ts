import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createProject, testClock, testContext } from "@/server/testing/factories";
import { createPairingCode } from "./create-pairing-code.ts";
import { pairRunner } from "./pair-runner.ts";
import { listRunners } from "./queries.ts";

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

const publicUrl = "http://localhost:3000";
let addresses = 0;
const anyAddress = () => `10.0.0.${++addresses}`;

function device(name = "laptop") {
  const { publicKey } = generateKeyPairSync("ed25519");
  return {
    name,
    platform: "linux",
    arch: "x64",
    version: "0.1.0",
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    sealRecipient: `age1${"q".repeat(58)}`,
  };
}

async function scene() {
  const project = await createProject(db);
  const clock = testClock();
  const owner = testContext(db, actorOf(project.owner), clock);
  const anonymous = testContext(db, { kind: "anonymous" }, clock);
  const code = async (autoAccept = false) =>
    (await createPairingCode(owner, { projectId: project.id, publicUrl, autoAccept })).code.replace("-", "");
  return { project, clock, owner, anonymous, code };
}

describe("a pairing code", () => {
  test("it is eight characters of Crockford's base 32 with the command to run", async () => {
    const { owner, project, clock } = await scene();
    const made = await createPairingCode(owner, { projectId: project.id, publicUrl });
    expect(made.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(made.command).toBe(`npx -y ${publicUrl}/download/deskhand.tgz pair ${made.code} --server ${publicUrl}`);
    expect(Date.parse(made.expiresAt) - clock.now().getTime()).toBe(600_000);
  });

  test("only its hash is stored", async () => {
    const { code, project } = await scene();
    const plain = await code();
    const rows = await db.pairingCode.findMany({ where: { projectId: project.id } });
    expect(JSON.stringify(rows)).not.toContain(plain);
  });

  test("a member may not make one", async () => {
    const { project } = await scene();
    const member = await addMember(db, project.id, "member");
    await expectCode(createPairingCode(testContext(db, actorOf(member)), { projectId: project.id, publicUrl }), "FORBIDDEN");
  });
});

describe("pairing", () => {
  test("the runner waits for acceptance under the fingerprint that both sides can compare", async () => {
    const { owner, anonymous, project, code } = await scene();
    const paired = await pairRunner(anonymous, { ...device(), code: await code() }, anyAddress());
    expect(paired).toMatchObject({ projectId: project.id, status: "pending" });
    expect(paired.fingerprint).toMatch(/^([0-9A-F]{4}-){7}[0-9A-F]{4}$/);
    const { items } = await listRunners(owner, { projectId: project.id });
    expect(items).toMatchObject([
      { id: paired.runnerId, name: "laptop", status: "pending", online: false, fingerprint: paired.fingerprint },
    ]);
  });

  test("the code of the start script accepts at once", async () => {
    const { anonymous, code } = await scene();
    expect(await pairRunner(anonymous, { ...device(), code: await code(true) }, anyAddress())).toMatchObject({ status: "accepted" });
  });

  test("a wrong, a used and an expired code are told apart", async () => {
    const { anonymous, code, clock } = await scene();
    await expectCode(pairRunner(anonymous, { ...device(), code: "00000000" }, anyAddress()), "PAIRING_CODE_INVALID");
    const used = await code();
    await pairRunner(anonymous, { ...device(), code: used }, anyAddress());
    await expectCode(pairRunner(anonymous, { ...device(), code: used }, anyAddress()), "PAIRING_CODE_USED");
    const late = await code();
    clock.advance(600_000);
    await expectCode(pairRunner(anonymous, { ...device(), code: late }, anyAddress()), "PAIRING_CODE_EXPIRED");
  });

  test("of two devices that use one code at the same moment one is paired", async () => {
    const { owner, anonymous, code, project } = await scene();
    const once = await code();
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => pairRunner(anonymous, { ...device(), code: once }, anyAddress())));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await listRunners(owner, { projectId: project.id })).items).toHaveLength(1);
  });

  test("after 20 tries that failed an address has to wait, whatever it brings", async () => {
    const { anonymous, code } = await scene();
    const address = anyAddress();
    for (let i = 0; i < 20; i++) {
      await expectCode(pairRunner(anonymous, { ...device(), code: "00000000" }, address), "PAIRING_CODE_INVALID");
    }
    const right = await code();
    const refusal = await expectCode(pairRunner(anonymous, { ...device(), code: right }, address), "RATE_LIMITED");
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    await pairRunner(anonymous, { ...device(), code: right }, anyAddress());
  });

  test("a second runner of the same name gets a number", async () => {
    const { owner, anonymous, code, project } = await scene();
    for (let i = 0; i < 3; i++) await pairRunner(anonymous, { ...device("Laptop"), code: await code() }, anyAddress());
    const { items } = await listRunners(owner, { projectId: project.id });
    expect(items.map(({ name }) => name).sort()).toEqual(["Laptop", "Laptop 2", "Laptop 3"]);
  });

  test("a key that is not Ed25519 is refused and the code stays good", async () => {
    const { anonymous, code } = await scene();
    const once = await code();
    const { publicKey } = generateKeyPairSync("x25519");
    const wrong = publicKey.export({ format: "der", type: "spki" }).toString("base64");
    await expectCode(pairRunner(anonymous, { ...device(), publicKey: wrong, code: once }, anyAddress()), "INVALID_INPUT");
    await expectCode(pairRunner(anonymous, { ...device(), publicKey: "AAAA".repeat(12), code: once }, anyAddress()), "INVALID_INPUT");
    await pairRunner(anonymous, { ...device(), code: once }, anyAddress());
  });

  test("a locked device that pairs again is the same runner, without its lock, and waits for a person", async () => {
    const { anonymous, code } = await scene();
    const same = device();
    const first = await pairRunner(anonymous, { ...same, code: await code(true) }, anyAddress());
    await db.runner.update({ where: { id: first.runnerId }, data: { status: "locked", joinId: "x", previousJoinId: "y" } });
    const again = await pairRunner(anonymous, { ...same, code: await code() }, anyAddress());
    expect(again).toEqual({ ...first, status: "pending" });
    expect(await db.runner.findUnique({ where: { id: first.runnerId } })).toMatchObject({ joinId: null, previousJoinId: null });
  });
});
