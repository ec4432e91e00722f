import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureHome, type RunnerHome, runnerHome, writeJsonFile } from "./home.ts";
import { fingerprintOf, loadIdentity, newIdentity, saveIdentity, sealTo } from "./identity.ts";
import { confirmJoin, forgetJoin, proposeJoin } from "./join.ts";
import { isFolderLocked, lockFolder } from "./lock.ts";

let home: RunnerHome;

beforeEach(() => {
  home = runnerHome({ DESKHAND_HOME: path.join(mkdtempSync(path.join(tmpdir(), "deskhand-identity-")), "deep", "home") });
  ensureHome(home);
});

afterEach(() => rmSync(path.resolve(home.folder, "../.."), { recursive: true, force: true }));

describe("the keys", () => {
  it("are the same after they were written and read", async () => {
    const made = await newIdentity();
    expect(loadIdentity(home)).toBeUndefined();
    saveIdentity(home, made);
    const read = loadIdentity(home);
    expect(read).toMatchObject({ publicKey: made.identity.publicKey, sealRecipient: made.identity.sealRecipient });
    expect(await read?.unseal(await sealTo(made.identity.sealRecipient, "día ☀"))).toBe("día ☀");
  });

  it("open nothing that was sealed to another runner", async () => {
    const [mine, other] = [await newIdentity(), await newIdentity()];
    await expect(mine.identity.unseal(await sealTo(other.identity.sealRecipient, "x"))).rejects.toThrow();
    await expect(mine.identity.unseal("not age at all")).rejects.toThrow();
  });

  it("have a fingerprint that people can compare", () => {
    expect(fingerprintOf(Buffer.from("deskhand"))).toMatch(/^([0-9A-F]{4}-){7}[0-9A-F]{4}$/);
    expect(fingerprintOf(Buffer.from("abc"))).toBe("BA78-16BF-8F01-CFEA-4141-40DE-5DAE-2223");
  });

  it.skipIf(process.platform === "win32")("are for their owner only", async () => {
    saveIdentity(home, await newIdentity());
    expect(statSync(home.identityFile).mode & 0o777).toBe(0o600);
    expect(statSync(home.folder).mode & 0o777).toBe(0o700);
  });

  it("are told to be damaged rather than replaced in silence", () => {
    writeFileSync(home.identityFile, '{"v":1');
    expect(() => loadIdentity(home)).toThrow();
  });
});

it("writes a file whole or not at all", () => {
  writeJsonFile(home.stateFile, { a: 1 });
  expect(() =>
    writeJsonFile(home.stateFile, {
      get a(): number {
        throw new Error("cannot be written");
      },
    }),
  ).toThrow();
  expect(readdirSync(home.folder).filter((name) => name.startsWith("state"))).toEqual(["state.json"]);
});

it("keeps a join's proposal until it is confirmed", () => {
  const first = proposeJoin(home);
  expect(first.joinId).toBeNull();
  expect(proposeJoin(home)).toEqual(first);
  confirmJoin(home, "another");
  expect(proposeJoin(home)).toEqual(first);
  confirmJoin(home, first.nextJoinId);
  const second = proposeJoin(home);
  expect(second.joinId).toBe(first.nextJoinId);
  expect(second.nextJoinId).not.toBe(first.nextJoinId);
  forgetJoin(home);
  expect(proposeJoin(home).joinId).toBeNull();
});

describe("the folder's lock", () => {
  it("is one process', and can be asked about without taking it", () => {
    const lock = lockFolder(home);
    expect(lock).toBeDefined();
    expect(lockFolder(home)).toBeUndefined();
    expect(isFolderLocked(home)).toBe(true);
    lock?.release();
    expect(isFolderLocked(home)).toBe(false);
    expect(lockFolder(home)).toBeDefined();
  });

  it("is free again when its process was killed", async () => {
    const program = `
      import { lockFolder } from ${JSON.stringify(path.join(import.meta.dirname, "lock.ts"))};
      console.log(lockFolder({ lockFile: ${JSON.stringify(home.lockFile)} }) ? "locked" : "taken");
      setInterval(() => {}, 1e6);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = await once(holder.stdout, "data");
    expect(String(said).trim()).toBe("locked");
    expect(lockFolder(home)).toBeUndefined();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(lockFolder(home)).toBeDefined();
    expect(existsSync(home.lockFile)).toBe(true);
  });
});
