import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { say } from "./say.ts";

const downloadHost = "https://cdn.playwright.dev";

/** Playwright's headless shell, where its host can be reached; where not, nothing is said: another way follows. */
export async function installByPlaywright(): Promise<boolean> {
  const proxied = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  const mirrored = process.env.PLAYWRIGHT_DOWNLOAD_HOST;
  if (!proxied && !mirrored && !(await canReach(downloadHost))) return false;
  const cli = path.resolve(import.meta.dirname, "../../node_modules/playwright-core/cli.js");
  const wanted = /^(Downloading|\|.*\d0% of)/;
  return execute(process.execPath, [cli, "install", "chromium-headless-shell"], { wanted, silenceMilliseconds: 30_000 });
}

/** Debian's and Ubuntu's package, as root. */
export async function installByApt(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version") || !existsSync("/usr/bin/apt-get")) return false;
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  const install = (...packages: string[]) =>
    execute("apt-get", [...wait, "install", "-y", "--no-install-recommends", ...packages], {
      wanted: /^(Need to get|Get:|Setting up chromium)/,
      silenceMilliseconds: 300_000,
    });
  say("Installing Chromium with apt-get (about 100 MB) …");
  await execute("apt-get", [...wait, "update"], { wanted: /^(Hit|Get):1 /, silenceMilliseconds: 120_000 });
  // Ubuntu has no package of the shell
  return (await install("chromium", "chromium-headless-shell")) || (await install("chromium"));
}

async function canReach(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

/** Runs an installer, telling those of its lines that show progress; one that falls silent is given up. */
function execute(command: string, args: string[], options: { wanted: RegExp; silenceMilliseconds: number }): Promise<boolean> {
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
