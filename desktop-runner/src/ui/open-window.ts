import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { type Environment, findWindowBrowser } from "../browser/find-browser.ts";
import type { RunnerHome } from "../identity/home.ts";

/** A browser that cannot show a window ends within this time, milliseconds. */
const doubtMs = 1_500;

/**
 * Shows a page of the disk in a window without tabs, of a browser that is installed, with data of its own in the runner's folder. The
 * window stays when this process ends. @returns false when there is no such browser, no screen, or it could not be started
 */
export async function openWindow(home: RunnerHome, file: string, env: Environment): Promise<boolean> {
  const browser = findWindowBrowser(env);
  const hasScreen = process.platform === "win32" || process.platform === "darwin" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (!browser || !hasScreen) return false;
  const flags = [
    `--app=${pathToFileURL(file).href}`,
    `--user-data-dir=${home.windowFolder}`,
    "--window-size=1120,860",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    // Chromium's sandbox refuses to run as root
    ...(process.platform === "linux" && process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  const child = spawn(browser, flags, { detached: true, stdio: "ignore", env: { ...env } as NodeJS.ProcessEnv });
  const outcome = await new Promise<"failed" | "shown">((resolve) => {
    child.once("error", () => resolve("failed"));
    // one that hands over to a window that is open already ends well
    child.once("exit", (code) => resolve(code === 0 ? "shown" : "failed"));
    setTimeout(() => resolve("shown"), doubtMs);
  });
  child.unref();
  return outcome === "shown";
}
