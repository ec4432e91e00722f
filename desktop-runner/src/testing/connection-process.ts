import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import type { ConnectAddress, ConnectEnd, ConnectOrder, FromConnection, ToConnection } from "../connect/messages.ts";

export type TestConnection = {
  child: ChildProcess;
  messages: FromConnection[];
  ready: Promise<ConnectAddress>;
  ended: Promise<ConnectEnd>;
  send(message: ToConnection): void;
};

/** The real process of a connected profile, as the runner starts it. */
export function startConnection(
  order: Pick<ConnectOrder, "profileDir"> & Partial<ConnectOrder>,
  env: Record<string, string> = {},
): TestConnection {
  const child = fork(path.join(import.meta.dirname, "../connect/main.ts"), [], {
    serialization: "advanced",
    execArgv: [],
    env: { ...process.env, ...env },
  });
  const messages: FromConnection[] = [];
  const send = (message: ToConnection) => void child.send(message);
  const ready = Promise.withResolvers<ConnectAddress>();
  const ended = Promise.withResolvers<ConnectEnd>();
  ready.promise.catch(() => {});
  child.on("message", (message: FromConnection) => {
    messages.push(message);
    if (message.type === "ready") ready.resolve(message);
    if (message.type === "ended") {
      ended.resolve(message.code);
      ready.reject(new Error(`it ended: ${message.code}`));
    }
  });
  const policy = {
    rules: [{ effect: "allow" as const, pattern: "127.0.0.1", private: true, by: "device" as const }],
    maxDownload: { bytes: 1_000_000, by: "device" as const },
    damaged: false,
  };
  send({ type: "connect", settings: defaultSettings, policy, proxies: [], urls: [], port: 0, idleMs: 60_000, ...order });
  return { child, messages, ready: ready.promise, ended: ended.promise, send };
}
