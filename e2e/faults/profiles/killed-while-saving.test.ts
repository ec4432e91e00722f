import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadProfileState } from "../../../desktop-runner/src/browser/profile-store.ts";
import { readAllStates, type StorageState, writeState } from "../../../desktop-runner/src/browser/state-files.ts";
import { type TestFolder, testFolder } from "../../../desktop-runner/src/testing/worker.ts";

/** `npm run test:kills` sets more. */
const kills = Number(process.env.FAULTS_KILLS ?? 15);

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

/** What the saver wrote into every value of the state; undefined when they differ. */
function countOf(state: StorageState): number | undefined {
  const values = new Set(state.origins.flatMap(({ localStorage }) => localStorage.map(({ value }) => value)));
  return values.size === 1 ? Number([...values][0]) : undefined;
}

function startSaver(first: number): { child: ChildProcess; told: () => number } {
  const program = path.resolve(import.meta.dirname, "../../../desktop-runner/src/testing/state-saver.ts");
  const child = fork(program, [folder.path, String(first)], { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  let last = first - 1;
  child.on("message", (count: number) => {
    last = count;
  });
  return { child, told: () => last };
}

test(`a process that is killed while it saves, ${kills} times over, never leaves a torn state, and none that it had saved is lost`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  let newest = 0;
  for (let kill = 0; kill < kills; kill++) {
    const { child, told } = startSaver(newest + 1);
    await once(child, "message");
    // anywhere in its work: a saving takes a few milliseconds
    const until = performance.now() + Math.random() * 15;
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
    child.kill("SIGKILL");
    await once(child, "exit");
    const { state, restored, lost } = await loadProfileState(folder.path);
    expect({ restored, lost }).toEqual({ restored: false, lost: false });
    const count = state && countOf(state);
    expect(count).toBeGreaterThanOrEqual(told());
    const kept = await readAllStates(folder.path);
    expect(kept.map(({ state }) => countOf(state))).not.toContain(undefined);
    expect(kept.length).toBeLessThanOrEqual(6);
    newest = count as number;
  }
  expect(newest).toBeGreaterThanOrEqual(kills);
  await writeState(folder.path, { cookies: [], origins: [] });
  expect((await readdir(folder.path)).sort()).toEqual(["state.json", "states"]);
  expect((await readAllStates(folder.path)).length).toBeLessThanOrEqual(5);
});

test("a disk that is full leaves the last good state, and saving goes on when there is room", async (context) => {
  context.skip(process.platform !== "linux" || process.getuid?.() !== 0, "only root can mount a small disk");
  const disk = path.join(folder.path, "small-disk");
  mkdirSync(disk);
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", disk]).status).toBe(0);
  try {
    const stateOf = (count: number, bytes: number): StorageState => ({
      cookies: [],
      origins: [
        { origin: "http://a", localStorage: Array.from({ length: bytes / 40 }, () => ({ name: "k".repeat(10), value: `${count}` })) },
      ],
    });
    await writeState(disk, stateOf(1, 40_000));
    await expect(writeState(disk, stateOf(2, 400_000))).rejects.toMatchObject({ code: "ENOSPC" });
    const { state, restored, lost } = await loadProfileState(disk);
    expect([state && countOf(state), restored, lost]).toEqual([1, false, false]);
    expect((await readdir(disk)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await writeState(disk, stateOf(3, 40_000));
    expect((await readAllStates(disk)).map(({ state }) => countOf(state))).toEqual([3, 1]);
  } finally {
    spawnSync("umount", [disk]);
  }
});
