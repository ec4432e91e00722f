import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../scripts/process/port.ts";
import { settingNames } from "../src/server/env.ts";

const root = path.resolve(import.meta.dirname, "..");

export type StartOptions = {
  /** Holds all that it keeps: `data` and `home`. A second start on the same folder finds it again. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** Settings; those that are not named have their defaults, whatever the environment or a person's .env says. */
  env?: Record<string, string>;
  /** What is started, a path below the repository. */
  program?: string;
};

export type StartedProduct = {
  url: string;
  port: number;
  dataDir: string;
  home: string;
  /** Of the start script. */
  pid: number;
  /** From its start to the line that says it is ready, milliseconds. */
  readyMs: number;
  /** What it has said to the person at the terminal, line by line; grows. */
  said: string[];
  /** Ends it as Ctrl-C does, unless it has ended. Resolves when the start script is gone. */
  stop(): Promise<void>;
};

/** A folder of its own for a product. */
export async function makeProductFolder(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "deskhand-product-"));
  await chmod(dir, 0o755); // the database's own user must pass when this runs as root
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * Starts the whole product as `npm start` does and waits until it says that it is ready. It ends with this process.
 * @throws with what it said when it ends before
 */
export async function startProduct({ dir, env, program = "scripts/start/main.ts", ...options }: StartOptions): Promise<StartedProduct> {
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const dataDir = path.join(dir, "data");
  const home = path.join(dir, "home");
  const startedAt = performance.now();
  const child = spawn(process.execPath, [path.join(root, program)], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"], // the channel's end stops it when we are killed
    env: {
      ...process.env,
      // empty ones count as unset, and keep a person's .env out
      ...Object.fromEntries(settingNames.map((name) => [name, ""])),
      DESKHAND_BROWSER: process.env.DESKHAND_BROWSER ?? "",
      DESKHAND_DATA_DIR: dataDir,
      DESKHAND_HOME: home,
      PORT: String(port),
      // the fixed one may be a person's own runner's
      DESKHAND_LOCAL_PORT: "0",
      ...env,
    },
  });
  const ended = once(child, "exit");
  const said: string[] = [];
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on("line", (line) => {
          said.push(line);
          if (line === `Deskhand is ready at ${url}`) resolve();
        });
      }
      child.once("exit", (code) => reject(new Error(`The product ended (code ${code}) before it was ready:\n${said.join("\n")}`)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, dataDir, home, pid: child.pid as number, readyMs: performance.now() - startedAt, said, stop };
}
