import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { loadExtensions } from "../browser/extensions.ts";
import { browserFlags, noOtherWay } from "../browser/launch-browser.ts";
import { CdpPipe } from "./cdp-pipe.ts";

/** How long a browser may take to end when it is asked to, milliseconds. */
const endMs = 10_000;

/** What Playwright starts its browsers with besides (1.65): no first-run pages, no keyring of the system, nothing slowed down in the background. */
const quiet = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-breakpad",
  "--disable-client-side-phishing-detection",
  "--disable-default-apps",
  "--disable-dev-shm-usage",
  "--disable-field-trial-config",
  "--disable-hang-monitor",
  "--disable-popup-blocking",
  "--disable-prompt-on-repost",
  "--disable-renderer-backgrounding",
  "--disable-search-engine-choice-screen",
  "--hide-scrollbars",
  "--metrics-recording-only",
  "--mute-audio",
  "--no-default-browser-check",
  "--password-store=basic",
  "--use-mock-keychain",
];

type Options = {
  executablePath: string;
  userData: string;
  /** The gate's address: nothing leaves by another way. */
  proxy: string;
  /** Folders of unpacked extensions. */
  extensions: readonly string[];
  /** More flags, and more of its environment. */
  args: readonly string[];
  env: Record<string, string>;
  onGone(): void;
};

export type OwnBrowser = {
  pipe: CdpPipe;
  /** Has it write down what it has to, and ends it, at once when it does not end by itself. @returns whether it ended in order */
  end(): Promise<boolean>;
};

/** Starts a headless browser for one profile, which is spoken with by a pipe: it has no debugging port, and ends when the pipe does. */
export function startOwnBrowser({ executablePath, userData, proxy, extensions, args: more, env, onGone }: Options): OwnBrowser {
  const loading = loadExtensions(extensions);
  const args = [
    "--headless",
    "--remote-debugging-pipe",
    `--user-data-dir=${userData}`,
    `--proxy-server=${proxy}`,
    "--proxy-bypass-list=<-loopback>",
    ...quiet,
    ...browserFlags(loading.disabled),
    ...noOtherWay,
    ...loading.args,
    ...more,
    "about:blank",
  ];
  const child = spawn(executablePath, args, {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    // a group of its own, to be ended with all processes that it starts
    detached: process.platform !== "win32",
    env: { ...process.env, ...env },
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const pipe = new CdpPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const killNow = () => killAll(child);
  // a process that is killed cannot do this; then the browser ends because its pipe does
  process.once("exit", killNow);
  void gone.then(() => {
    process.off("exit", killNow);
    onGone();
  });
  return {
    pipe,
    end: async () => {
      const late = setTimeout(killNow, endMs);
      const isThere = child.exitCode === null && child.signalCode === null;
      pipe.request("Browser.close").catch(() => {});
      await gone;
      clearTimeout(late);
      return isThere && child.signalCode === null;
    },
  };
}

/** With the processes that it has started, which are of its group. */
function killAll(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // gone in the meantime
  }
}
