import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import type { Proof } from "@deskhand/shared/protocol/handshake";
import * as z from "zod";
import { findInstalledBrowser } from "../browser/find-browser.ts";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";

const known = z.object({ path: z.string(), modified: z.number(), name: z.string().max(80), version: z.string().max(80) });

/** How long a browser may take to tell its version, milliseconds. */
const patienceMs = 2_000;

/**
 * Name and version of the browser that is installed, for people to see; null when there is none besides Playwright's own, or it does
 * not tell. Asked of the program once, then remembered until its file changes.
 */
export async function readBrowserVersion(home: RunnerHome, env: NodeJS.ProcessEnv = process.env): Promise<Proof["browser"]> {
  const wish = env.DESKHAND_BROWSER?.trim();
  const path = wish || findInstalledBrowser(env)?.path;
  // on Windows the question opens a window
  if (!path || process.platform === "win32") return null;
  try {
    const modified = statSync(path).mtimeMs;
    const before = readKnown(home);
    if (before?.path === path && before.modified === modified) return { name: before.name, version: before.version };
    const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: patienceMs, killSignal: "SIGKILL" });
    const told = /^\s*(\D*?)\s*(\d+(?:\.\d+)+)/.exec(stdout);
    if (!told?.[2]) return null;
    const browser = { name: (told[1] || "Chromium").slice(0, 80), version: told[2].slice(0, 80) };
    writeJsonFile(home.browserFile, { path, modified, ...browser });
    return browser;
  } catch {
    return null;
  }
}

function readKnown(home: RunnerHome): z.infer<typeof known> | undefined {
  try {
    return known.safeParse(readJsonFile(home.browserFile)).data;
  } catch {
    return undefined;
  }
}
