import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureHome, runnerHome } from "../identity/home.ts";
import { FakeRest } from "./testing/fake-rest.ts";

let rest: FakeRest;
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});
afterEach(() => rest.close());

it("commands that work here say that the disk is full, and leave what there was as it was", async (context) => {
  context.skip(process.platform !== "linux" || process.getuid?.() !== 0, "only root can mount a small disk");
  const folder = path.join(rest.folder, "small");
  mkdirSync(folder);
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", folder]).status).toBe(0);
  try {
    const env = { DESKHAND_HOME: folder };
    const { policyFile, ...home } = runnerHome(env);
    ensureHome({ policyFile, ...home });
    const deskhand = (...args: string[]) => rest.deskhand([...args, "--json"], { env });
    expect(await deskhand("policy", "allow", "nas.example")).toMatchObject({ exitCode: 0 });
    const before = readFileSync(policyFile, "utf8");
    expect(() => writeFileSync(path.join(folder, "others"), Buffer.alloc(100_000))).toThrow("ENOSPC");
    const full = { exitCode: 3, last: { type: "error", code: "RUNNER_DISK_FULL", message: expect.stringContaining("full") } };
    expect(await deskhand("policy", "allow", `${"a".repeat(60)}.example`)).toMatchObject(full);
    expect(readFileSync(policyFile, "utf8")).toBe(before);
    expect(await deskhand("policy", "deny", `${"b".repeat(60)}.example`)).toMatchObject(full);
  } finally {
    spawnSync("umount", [folder]);
  }
});
