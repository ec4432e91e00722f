import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { say } from "../start/say.ts";

/**
 * Installs packages of Debian or Ubuntu, as root; the first of the sets that there is.
 * @returns false where that is not possible, and when none could be installed
 */
export async function installByApt(what: string, ...sets: string[][]): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version") || !existsSync("/usr/bin/apt-get")) return false;
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  say(`Installing ${what} with apt-get …`);
  await execute("apt-get", [...wait, "update"], { wanted: /^(Hit|Get):1 /, silenceMilliseconds: 120_000 });
  const startAgain = keepServicesDown();
  try {
    return await installFirst(sets, wait);
  } finally {
    startAgain();
  }
}

/** We want programs, not daemons: a package that brings a service does not start it. */
function keepServicesDown(): () => void {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return () => {};
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

async function installFirst(sets: string[][], wait: string[]): Promise<boolean> {
  for (const packages of sets) {
    const args = [...wait, "install", "-y", "--no-install-recommends", ...packages];
    const wanted = new RegExp(`^(Need to get|Get:|Setting up (${packages.join("|")}) )`);
    if (await execute("apt-get", args, { wanted, silenceMilliseconds: 300_000 })) return true;
  }
  return false;
}

/** Runs an installer, telling those of its lines that show progress; one that falls silent is given up. */
export function execute(command: string, args: string[], options: { wanted: RegExp; silenceMilliseconds: number }): Promise<boolean> {
  // without our mark: a package manager that is broken off by SIGKILL leaves the system half configured
  const { DESKHAND_START_ID, ...env } = process.env;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...env, DEBIAN_FRONTEND: "noninteractive" } });
  const giveUp = () => child.kill();
  process.once("exit", giveUp);
  let timer = setTimeout(giveUp, options.silenceMilliseconds);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, options.silenceMilliseconds);
      if (options.wanted.test(line)) say(`  ${line.trim()}`);
    });
  }
  return new Promise((resolve) => {
    const end = (success: boolean) => {
      clearTimeout(timer);
      process.off("exit", giveUp);
      resolve(success);
    };
    child.once("error", () => end(false));
    child.once("close", (code) => end(code === 0));
  });
}
