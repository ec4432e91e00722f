import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../scripts/process/port.ts";
import { settingNames } from "../src/server/env.ts";
import { productVariable } from "./product.ts";

const root = path.resolve(import.meta.dirname, "..");

/** Starts the whole product as `npm start` does, with folders and a port of its own; returns what stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dir = await mkdtemp(path.join(tmpdir(), "deskhand-e2e-"));
  await chmod(dir, 0o755); // the database's own user must pass when this runs as root
  const dataDir = path.join(dir, "data");
  const home = path.join(dir, "home");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [path.join(root, "scripts/start/main.ts")], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"], // the channel's end stops it when the tests are killed
    env: {
      ...process.env,
      // empty ones count as unset, and keep a person's .env out
      ...Object.fromEntries(settingNames.map((name) => [name, ""])),
      DESKHAND_BROWSER: process.env.DESKHAND_BROWSER ?? "",
      DESKHAND_DATA_DIR: dataDir,
      DESKHAND_HOME: home,
      PORT: String(port),
    },
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await cp(path.join(dataDir, "logs"), path.join(root, "test-results/logs"), { recursive: true }).catch(() => {});
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(child, url);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env[productVariable] = JSON.stringify({ url, dataDir, home });
  return stop;
}

function ready(child: ChildProcess, url: string): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line === `Deskhand is ready at ${url}`) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`The product ended (code ${code}) before it was ready:\n${said.join("\n")}`)));
  });
}
