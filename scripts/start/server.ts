import path from "node:path";
import type { Watchdog } from "../process/watchdog.ts";
import { type Child, startChild } from "./child.ts";
import type { Log } from "./logs.ts";
import { StartError } from "./say.ts";

const program = path.resolve(import.meta.dirname, "../../dist/server/main.mjs");

/** What the first start with an empty database made. */
export type FirstRun = { email: string; password: string; apiKey: string; projectId: string; workflowId: string };

export type Server = Child & {
  /**
   * Asks for the local runner: `code` is null when the runner of that id is known and accepted, else it pairs a runner once.
   * `firstRun` is there once, when the demo was made.
   */
  askLocalRunner(runnerId: string | null): Promise<{ code: string | null; firstRun: FirstRun | null }>;
  /** Tells which runner was paired by that code; answers with the profile made for it, if one was. */
  tellPaired(runnerId: string): Promise<{ profileId: string | null }>;
};

type Options = { env: NodeJS.ProcessEnv; log: Log; watchdog: Watchdog };

/**
 * Starts the server and waits until it listens; from then on it is kept alive. `onStarted` is called before the wait.
 * @throws StartError with its last words when it ends before
 */
export async function startServer(options: Options, onStarted: (child: Child) => void): Promise<Server> {
  const child = startChild({ ...options, name: "server", args: ["--enable-source-maps", program], order: 2 });
  onStarted(child);
  await answer(child, "ready", options.log);
  child.keepAlive();
  return Object.assign(child, {
    async askLocalRunner(runnerId: string | null) {
      const answered = answer(child, "local-runner", options.log);
      child.send({ type: "local-runner", runnerId });
      return (await answered) as unknown as { code: string | null; firstRun: FirstRun | null };
    },
    async tellPaired(runnerId: string) {
      const answered = answer(child, "local-runner-paired", options.log);
      child.send({ type: "local-runner-paired", runnerId });
      return (await answered) as unknown as { profileId: string | null };
    },
  });
}

/** The next message of a type. @throws StartError when the child ends, or says nothing of it within a minute */
function answer(child: Child, type: string, log: Log): Promise<object> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
    };
    const onMessage = (message: { type: string }) => {
      if (message.type !== type) return;
      done();
      resolve(message);
    };
    const onExit = (why: string) => {
      done();
      reject(new StartError(`${why} before it was ready. Its last words, from ${log.file}:\n${log.tail()}`));
    };
    const timer = setTimeout(() => onExit("The server did not answer for a minute"), 60_000);
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
