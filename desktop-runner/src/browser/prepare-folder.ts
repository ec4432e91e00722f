import { execFile } from "node:child_process";
import { mkdir, readlink, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** A browser whose runner is gone ends by itself, and writes its last; milliseconds. */
const patienceMs = 10_000;

/** No search engine is asked what each letter of an address that somebody types may become. */
const preferences = { search: { suggest_enabled: false } };

/**
 * Makes a profile's own folder ready for its browser. The caller has the profile's lock, so a browser that is still on it was left by a
 * runner that was killed: it is waited for, at most 10 s, and then ended. A folder that no browser has used gets our preferences.
 */
export async function prepareFolder(userDataDir: string): Promise<void> {
  await mkdir(path.join(userDataDir, "Default"), { recursive: true, mode: 0o700 });
  const predecessor = await browserOn(userDataDir);
  if (predecessor !== undefined) await waitForEnd(predecessor, userDataDir);
  for (const name of ["SingletonLock", "SingletonCookie", "SingletonSocket"]) await rm(path.join(userDataDir, name), { force: true });
  const options = { mode: 0o600, flag: "wx" };
  await writeFile(path.join(userDataDir, "Default", "Preferences"), JSON.stringify(preferences), options).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** The process that has the folder, if it is one of this computer that still goes. */
async function browserOn(userDataDir: string): Promise<number | undefined> {
  const holder = await readlink(path.join(userDataDir, "SingletonLock")).catch(() => "");
  const pid = Number(holder.slice(holder.lastIndexOf("-") + 1));
  // its number may be another program's by now, and its host the one that a computer was called before
  const isOurs = holder.startsWith(`${os.hostname()}-`) && pid > 1 && (await commandOf(pid)).includes(userDataDir);
  return isOurs ? pid : undefined;
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)("ps", ["-ww", "-o", "args=", "-p", `${pid}`]).catch(() => ({ stdout: "" }));
  return stdout;
}

async function waitForEnd(pid: number, userDataDir: string): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    await delay(50);
    if ((await browserOn(userDataDir)) !== pid) return;
  }
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended just now
  }
}
