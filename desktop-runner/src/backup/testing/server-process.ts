import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { vi } from "vitest";
import { startWatchdog } from "../../../../scripts/process/watchdog.ts";

type Program = {
  command: string;
  args: readonly string[];
  /** Where it listens on loopback. */
  port: number;
  /** All of its files; gone with it. */
  folder: string;
};

/** Starts a server and waits until it answers. It and its folder are gone also when the test is killed. @returns what stops it */
export async function startServerProcess({ command, args, port, folder }: Program): Promise<() => Promise<void>> {
  const child = spawn(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const watchdog = startWatchdog();
  watchdog.removeFolder(folder);
  if (child.pid) watchdog.guard(child.pid, "SIGTERM");
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect").finally(() => socket.destroy());
    },
    { interval: 50 },
  );
  return async () => {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    if (child.pid) watchdog.forget(child.pid);
    watchdog.release();
    rmSync(folder, { recursive: true, force: true });
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
