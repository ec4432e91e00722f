import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { expect } from "@playwright/test";
import type { Demo } from "../demo.ts";
import { allowTestSites, deskhand, startDeskhand } from "../deskhand.ts";
import type { Product } from "../product.ts";

export type RunnerProcess = {
  pid: number;
  /** How it ended: its exit code, its last line of JSON, and whatever else it said. */
  ended: Promise<{ exitCode: number | null; last: Record<string, unknown>; err: string }>;
  stop(): Promise<void>;
};

/** Pairs the runner in `home` with a new code and accepts it, as a person does with a second computer. @returns its id */
export async function pairAnother(demo: Demo, { url }: Product, home: string, ...flags: string[]): Promise<string> {
  const { code } = await demo.call<{ code: string }>("POST", "/pairing-codes", {});
  const { exitCode, last } = await deskhand(["pair", code, "--server", url, "--unsigned", ...flags], { env: { DESKHAND_HOME: home } });
  expect({ exitCode, last }).toMatchObject({ exitCode: 0, last: { type: "result" } });
  const runnerId = last.runnerId as string;
  if (last.status === "pending") await demo.call("POST", `/runners/${runnerId}/accept`, {});
  await allowTestSites(home);
  return runnerId;
}

/** Starts the runner in `home` by the command line. */
export function startAnother(home: string, env: Record<string, string> = {}): RunnerProcess {
  const child = startDeskhand(["start"], { ...env, DESKHAND_HOME: home });
  child.stdin.end();
  const ended = (async () => {
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { exitCode: child.exitCode, last: JSON.parse(out.trimEnd().split("\n").at(-1) ?? "{}"), err };
  })();
  return {
    pid: child.pid as number,
    ended,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export function runnerView(demo: Demo, runnerId: string): Promise<RunnerView> {
  return demo.call("GET", `/runners/${runnerId}`);
}

export async function online(demo: Demo, runnerId: string): Promise<void> {
  await expect.poll(async () => (await runnerView(demo, runnerId)).online).toBe(true);
}
