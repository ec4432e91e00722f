import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bundlePrograms } from "../../scripts/build/programs.ts";

/** A process of a benchmark, and how it is asked. */
export type Program = {
  pid: number;
  /** Has it do one of the things that it gave to `answerParent`. @throws when it fails or ends */
  ask<Answer>(what: string, input?: object): Promise<Answer>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Bundles the processes of the relay's benchmarks. Server, floor and runners are processes of their own, so that none pays for another's
 * memory or event loop. @returns what starts them
 */
export async function buildPrograms(): Promise<(name: string, settings?: object) => Program> {
  const names = ["server-process", "floor-process", "runners-process"];
  const outdir = await bundlePrograms({ folder: import.meta.dirname, names, purpose: "bench" });
  return (name, settings = {}) => start(path.join(outdir, `${name}.mjs`), settings);
}

type Answered = { id: number; result?: unknown; error?: string };

function start(file: string, settings: object): Program {
  const child: ChildProcess = fork(file, [JSON.stringify(settings)], {
    execArgv: ["--expose-gc", ...(process.env.BENCH_NODE_FLAGS?.split(" ") ?? [])],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    // as the product runs
    env: { ...process.env, NODE_ENV: "production" },
  });
  const asked = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  child.on("message", ({ id, result, error }: Answered) => {
    const waiting = asked.get(id);
    asked.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  });
  child.once("exit", () => {
    for (const { reject } of asked.values()) reject(new Error(`${path.basename(file)} has ended`));
  });
  const end = async (how: () => void) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    how();
    await gone;
  };
  return {
    pid: child.pid as number,
    ask: (what, input = {}) =>
      new Promise((resolve, reject) => {
        last += 1;
        asked.set(last, { resolve: resolve as (result: unknown) => void, reject });
        child.send({ id: last, what, input });
      }),
    kill: () => end(() => child.kill("SIGKILL")),
    stop: () => end(() => child.disconnect()),
  };
}
