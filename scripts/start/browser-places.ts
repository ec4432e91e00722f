import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

// the shell comes first: it needs half the memory, and starts in half the time
const shells = ["chrome-headless-shell", "chromium-headless-shell", "headless_shell"];
const browsers = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge-stable", "microsoft-edge"];

/** Where a browser may be on this machine, those to prefer first; only files that exist. */
export function installedBrowsers(): string[] {
  const searched = [...shells.flatMap(onPath), ...fromPlaywright("chromium_headless_shell"), ...browsers.flatMap(onPath)];
  const places = process.platform === "darwin" ? onMac() : process.platform === "win32" ? onWindows() : [];
  return [...new Set([...searched, ...places, ...fromPlaywright("chromium")])].filter(isFile);
}

/** Where Playwright keeps what it downloaded, whatever its revision; the newest first. */
export function fromPlaywright(kind: "chromium_headless_shell" | "chromium"): string[] {
  const folder = playwrightFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}-`))
    .sort((one, other) => revision(other) - revision(one))
    .flatMap((name) => programsBelow(path.join(folder, name)));
}

function playwrightFolder(): string {
  const set = process.env.PLAYWRIGHT_BROWSERS_PATH;
  if (set && set !== "0") return path.resolve(set);
  if (process.platform === "darwin") return path.join(homedir(), "Library/Caches/ms-playwright");
  if (process.platform === "win32") return path.join(process.env.LOCALAPPDATA ?? homedir(), "ms-playwright");
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "ms-playwright");
}

const revision = (name: string) => Number(name.split("-").at(-1)) || 0;

/** `<revision>/<platform>/<program>`: the platform folder's name changed with time. */
function programsBelow(folder: string): string[] {
  const names = ["chrome-headless-shell", "headless_shell", "chrome", "Chromium.app/Contents/MacOS/Chromium"];
  const apps = ["Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"];
  const suffix = process.platform === "win32" ? ".exe" : "";
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [...names, ...apps].map((name) => path.join(folder, entry.name, `${name}${suffix}`)))
    .filter(isFile);
}

function onPath(name: string): string[] {
  const folders = (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !folder.includes("node_modules"));
  return folders.map((folder) => path.join(folder, process.platform === "win32" ? `${name}.exe` : name)).filter(isFile);
}

function onMac(): string[] {
  return ["Google Chrome", "Chromium", "Microsoft Edge"].flatMap((name) =>
    ["/Applications", path.join(homedir(), "Applications")].map((folder) => path.join(folder, `${name}.app/Contents/MacOS/${name}`)),
  );
}

function onWindows(): string[] {
  const roots = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => process.env[name] ?? []);
  const programs = ["Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
  return roots.flatMap((root) => programs.map((program) => path.join(root, program)));
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}
