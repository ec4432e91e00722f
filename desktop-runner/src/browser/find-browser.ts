import { accessSync, constants, statSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

export type FoundBrowser = { path: string; from: "DESKHAND_BROWSER" | "installed" | "playwright" };

/**
 * Finds the browser to drive: `DESKHAND_BROWSER`, else a headless shell on the PATH, else an installed Chrome, Chromium or Edge,
 * else the one that Playwright downloaded. Undefined when there is none, or when `DESKHAND_BROWSER` names no program.
 */
export function findBrowser(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): FoundBrowser | undefined {
  if (env.DESKHAND_BROWSER?.trim()) {
    const found = existing(wishedWith(env));
    return found ? { path: found, from: "DESKHAND_BROWSER" } : undefined;
  }
  const installed = findInstalledBrowser(env, platform);
  if (installed) return installed;
  const bundled = existing([playwright().chromium.executablePath()]);
  return bundled ? { path: bundled, from: "playwright" } : undefined;
}

/** As {@link findBrowser}, for a browser that did not come with Playwright. */
export function findInstalledBrowser(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundBrowser | undefined {
  const installed = existing(installedWith(env, platform));
  return installed ? { path: installed, from: "installed" } : undefined;
}

/**
 * A browser that can show a window: `DESKHAND_BROWSER` unless it is a headless shell, else one that is installed. Not one from a snap,
 * which may neither read the runner's folder nor keep its window's data there.
 */
export function findWindowBrowser(env: Environment = process.env, platform: NodeJS.Platform = process.platform): string | undefined {
  return existing([...wishedWith(env), ...installedWith(env, platform)].filter(showsWindows));
}

type Wish = { /** It has to show one. */ window: boolean /** It is to load extensions that lie beside its folder. */; extensions: boolean };

/**
 * For a profile with a folder of its own. Google Chrome and Microsoft Edge load no extensions from outside since version 142: where there are some,
 * `DESKHAND_BROWSER` and any Chromium go before them. A headless shell loads none, but still keeps a folder.
 */
export function findFolderBrowser(
  { window, extensions }: Wish,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const installed = installedWith(env, platform);
  const loading = extensions ? [...installed.filter((file) => /chromium/i.test(file)), playwright().chromium.executablePath()] : [];
  const found = existing([...wishedWith(env), ...loading, ...installed].filter(showsWindows));
  return found ?? (window ? undefined : findBrowser(env, platform)?.path);
}

function wishedWith(env: Environment): string[] {
  const wish = env.DESKHAND_BROWSER?.trim();
  if (!wish) return [];
  return path.isAbsolute(wish) ? [wish] : onPath([wish], env);
}

function installedWith(env: Environment, platform: NodeJS.Platform): string[] {
  return [...onPath(pathNames(platform), env), ...knownPlaces(env, platform)];
}

function showsWindows(file: string): boolean {
  return !/headless[-_]shell|[\\/]snap[\\/]/.test(file);
}

// loaded only when it is asked: `deskhand doctor` is part of the program that is always on, which must not hold Playwright
function playwright(): typeof import("playwright-core") {
  return createRequire(import.meta.url)("playwright-core");
}

function pathNames(platform: NodeJS.Platform): string[] {
  if (platform === "win32") return ["chrome-headless-shell.exe"];
  const shells = ["chromium-headless-shell", "chrome-headless-shell", "headless_shell"];
  if (platform === "darwin") return shells;
  return [...shells, "google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge-stable", "microsoft-edge"];
}

function knownPlaces(env: Environment, platform: NodeJS.Platform): string[] {
  if (platform === "darwin") {
    const apps = [
      "Google Chrome.app/Contents/MacOS/Google Chrome",
      "Chromium.app/Contents/MacOS/Chromium",
      "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ];
    return ["/Applications", path.join(os.homedir(), "Applications")].flatMap((folder) => apps.map((app) => path.join(folder, app)));
  }
  if (platform === "win32") {
    const folders = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((folder) => folder !== undefined);
    const programs = [
      "Google\\Chrome\\Application\\chrome.exe",
      "Chromium\\Application\\chrome.exe",
      "Microsoft\\Edge\\Application\\msedge.exe",
    ];
    return programs.flatMap((program) => folders.map((folder) => path.win32.join(folder, program)));
  }
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

function onPath(names: string[], env: Environment): string[] {
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

function existing(candidates: string[]): string | undefined {
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
