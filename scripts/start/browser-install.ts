import path from "node:path";
import { execute, installByApt } from "../process/installer.ts";

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
export function installChromiumByApt(): Promise<boolean> {
  // Ubuntu has no package of the shell
  return installByApt("Chromium (about 100 MB)", ["chromium", "chromium-headless-shell"], ["chromium"]);
}

async function canReach(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}
