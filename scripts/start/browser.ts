import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { installByPlaywright, installChromiumByApt } from "./browser-install.ts";
import { fromPlaywright, installedBrowsers } from "./browser-places.ts";
import { StartError, say } from "./say.ts";

const run = promisify(execFile);

/**
 * The browser to drive: the one that is set; one that is installed; Playwright's download; as root on Debian or Ubuntu, the
 * system's package.
 * @returns undefined when there is none; what to do about it was said then
 * @throws StartError when the one that is set does not run
 */
export async function findBrowser(chosen: string | undefined, dataDir: string): Promise<string | undefined> {
  if (chosen) {
    if (await works(chosen, dataDir)) return chosen;
    throw new StartError(`DESKHAND_BROWSER: ${chosen} is no browser that runs here. For example: DESKHAND_BROWSER=/usr/bin/chromium`);
  }
  const installed = await firstThatWorks(installedBrowsers(), dataDir);
  if (installed) return installed;
  say("No Chrome, Chromium or Edge was found; trying to download one …");
  if (await installByPlaywright()) {
    const downloaded = await firstThatWorks(fromPlaywright("chromium_headless_shell"), dataDir);
    if (downloaded) return downloaded;
  }
  if (await installChromiumByApt()) {
    const packaged = await firstThatWorks(installedBrowsers(), dataDir);
    if (packaged) return packaged;
  }
  say("There is no browser to run automations in: install Google Chrome or Chromium and start again, or set DESKHAND_BROWSER to its path.");
  return undefined;
}

async function firstThatWorks(places: string[], dataDir: string): Promise<string | undefined> {
  for (const place of places) if (await works(place, dataDir)) return place;
  return undefined;
}

/** Whether it starts at all (a browser may lack libraries). Remembered for the file as it is: asking takes half a second. */
async function works(program: string, dataDir: string): Promise<boolean> {
  if (!existsSync(program)) return false;
  if (process.platform === "win32") return true; // --version would open a window there
  const memory = path.join(dataDir, "cache", "browser.json");
  const identity = `${program} ${statSync(program).size} ${statSync(program).mtimeMs}`;
  if (existsSync(memory) && readFileSync(memory, "utf8") === identity) return true;
  try {
    await run(program, ["--version"], { timeout: 20_000 });
  } catch {
    return false;
  }
  mkdirSync(path.dirname(memory), { recursive: true });
  writeFileSync(memory, identity);
  return true;
}
