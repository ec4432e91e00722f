import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { vi } from "vitest";
import { startWatchdog } from "../../../scripts/process/watchdog.ts";

export type TestRedis = {
  url: string;
  /** Ends it at once, as a crash does. */
  stop(): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  remove(): Promise<void>;
};

/** A Redis of its own that keeps nothing on disk. `npm test` installs the program where it is missing. */
export async function startTestRedis(): Promise<TestRedis> {
  const port = await freePort();
  const watchdog = startWatchdog();
  let child: ChildProcess | undefined;
  const start = async () => {
    const next = spawn(
      "redis-server",
      ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", tmpdir()],
      {
        stdio: "ignore",
      },
    );
    child = next;
    const failed = new Promise<never>((_, reject) => {
      next.once("error", (error) => reject(new Error("redis-server is not installed (npm test installs it)", { cause: error })));
      next.once("exit", (code) => reject(new Error(`redis-server ended with code ${code}`)));
    });
    failed.catch(() => {});
    if (next.pid) watchdog.guard(next.pid, "SIGKILL");
    await Promise.race([failed, vi.waitFor(() => canConnect(port), { interval: 50 })]);
  };
  const stop = async () => {
    const ending = child;
    child = undefined;
    if (!ending?.pid) return;
    const gone = once(ending, "exit");
    ending.kill("SIGKILL");
    await gone;
    watchdog.forget(ending.pid);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    async remove() {
      await stop();
      watchdog.release();
    },
  };
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
