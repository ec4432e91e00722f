import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { settingNames } from "../src/server/env.ts";

const program = path.resolve(import.meta.dirname, "../desktop-runner/bin/deskhand.mjs");

type Line = { type: string } & Record<string, unknown>;
export type Ended = { exitCode: number | null; lines: Line[]; last: Line; err: string };
type Options = { env: Record<string, string>; input?: string };

/** The command line in a process of its own, knowing of no other Deskhand than the one that `env` names. */
export function startDeskhand(args: string[], env: Record<string, string>) {
  const unset = Object.fromEntries([...settingNames, "DESKHAND_URL", "DESKHAND_API_KEY"].map((name) => [name, undefined]));
  const { DESKHAND_BROWSER } = process.env;
  return spawn(process.execPath, [program, ...args, "--json"], {
    env: { ...process.env, ...unset, DESKHAND_BROWSER, DESKHAND_LOCAL_PORT: "0", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Lets the runner in `home` open the sites that tests start on this computer. */
export async function allowTestSites(home: string): Promise<void> {
  const { exitCode, last } = await deskhand(["policy", "allow", "127.0.0.1"], { env: { DESKHAND_HOME: home } });
  if (exitCode !== 0) throw new Error(`The test sites could not be allowed: ${JSON.stringify(last)}`);
}

/** Runs one command to its end. */
export async function deskhand(args: string[], { env, input = "" }: Options): Promise<Ended> {
  const child = startDeskhand(args, env);
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const lines = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  return { exitCode: child.exitCode, lines, last: lines.at(-1) ?? { type: "nothing" }, err };
}
