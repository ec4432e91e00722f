import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { RunnerHome } from "../identity/home.ts";
import type { RefusalEntry } from "../journal/refusal-log.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { ProfileSessions } from "../profiles/profile-sessions.ts";
import type { ProfileTable } from "../profiles/profile-table.ts";
import type { ProxyDesk } from "../proxies/proxy-desk.ts";
import type { ConnectAddress, ConnectOrder, Ending, FromConnection } from "./messages.ts";

/** How long a connection may take to save and end when it is asked to, milliseconds. */
const endMs = 30_000;
/** Browsers of connected profiles at once. */
const maxConnections = 50;

export type ConnectRequest = {
  profileId: string;
  /** What people call whoever connects, for who is refused meanwhile. */
  label: string;
  port: number;
  idleMs: number;
};

export type ConnectEvent =
  | ({ type: "ready"; sessionId: string } & ConnectAddress)
  | { type: "saved"; bytes: number; at: number }
  | { type: "warning"; message: string }
  | ({ type: "ended" } & Ending);

export class ConnectRefused extends Error {}

type Options = {
  home: RunnerHome;
  profiles: ProfileTable;
  proxies: Pick<ProxyDesk, "take" | "release" | "noteFailed">;
  /** What is only kept open gives way to whoever connects, who finds the pages that it was on. */
  sessions: Pick<ProfileSessions, "hibernate" | "givesWay">;
  policy(): NetworkPolicy;
  onRefusal(entry: RefusalEntry): void;
  onProblem(what: string, error: unknown): void;
};

type Held = { sessionId: string; label: string; child: ChildProcess; gone: Promise<void> };

/** The connected profiles of this runner, each in a process of its own. */
export class ConnectHost {
  readonly #options: Options;
  readonly #held = new Map<string, Held>();
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Opens a profile for clients; what becomes of it is told until it has ended.
   * @returns how to end it, which has everything saved first
   * @throws ConnectRefused with words for whoever asks, when somebody else uses it
   */
  open({ profileId, label, port, idleMs }: ConnectRequest, tell: (event: ConnectEvent) => void): () => void {
    const { home, profiles, proxies, sessions, policy, onProblem } = this.#options;
    if (this.#stopped) throw new ConnectRefused("The runner is stopping.");
    if (profiles.isDeleted(profileId)) throw new ConnectRefused("The profile is deleted.");
    const user = this.#userOf(profileId);
    if (user) throw new ConnectRefused(`The profile is in use by ${user}.`);
    if (this.#held.size >= maxConnections) throw new ConnectRefused(`${maxConnections} profiles are connected already.`);
    const sessionId = randomUUID();
    const child = fork(connectFile(), [], {
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // what makes the idle runner small would make a browser slow
      env: {
        ...process.env,
        MALLOC_ARENA_MAX: undefined,
        MALLOC_TRIM_THRESHOLD_: undefined,
        MALLOC_TOP_PAD_: undefined,
        DESKHAND_HOME: home.folder,
      },
    });
    let ended: Ending = { code: "INTERNAL" };
    const gone = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", (error) => {
        onProblem("a connected profile's process could not be reached", error);
        if (child.pid === undefined) resolve();
      });
    }).then(() => {
      this.#held.delete(profileId);
      proxies.release(sessionId);
      profiles.release(profileId, sessionId);
      tell({ type: "ended", ...ended });
    });
    this.#held.set(profileId, { sessionId, label, child, gone });
    profiles.hold(profileId, { kind: "connect", id: sessionId, since: Date.now() });
    child.on("message", (message: FromConnection) => {
      if (message.type === "ready") tell({ type: "ready", sessionId, ws: message.ws, http: message.http });
      if (message.type === "saved") {
        profiles.noteSaved(profileId, message.at, message.bytes);
        tell(message);
      }
      if (message.type === "warning") tell(message);
      if (message.type === "refused") this.#options.onRefusal({ runId: null, ...message.reason, count: 1, fatal: false, at: message.at });
      if (message.type === "profile-flags") profiles.addFlags(profileId, message.flags);
      if (message.type === "proxy-exit") profiles.noteExit(profileId, message);
      if (message.type === "proxy-used") profiles.addProxyBytes(profileId, message);
      if (message.type === "proxy-failed") proxies.noteFailed(sessionId, message.proxyId);
      if (message.type === "ended") {
        ended = { code: message.code, reason: message.reason };
        if (message.code === "PROXY_MISMATCH") profiles.noteKeptFrom(profileId, Date.now());
      }
    });
    const { settings } = profiles.get(profileId);
    const order = { type: "connect", profileDir: path.join(home.profilesFolder, profileId), settings, port, idleMs } as const;
    const taking = sessions.hibernate(profileId).then(() => proxies.take({ runId: sessionId, profileId, settings }));
    taking.then(
      (taken) => {
        const urls = profiles.session(profileId)?.urls ?? [];
        const whole = { ...order, urls, policy: policy(), proxies: taken.ok ? [...taken.candidates] : [] } satisfies ConnectOrder;
        if (taken.ok) return child.send(whole, () => {});
        ended = { code: taken.code, reason: taken.reason };
        return child.kill();
      },
      (error) => {
        onProblem("a connected profile's proxy could not be taken", error);
        child.kill();
      },
    );
    return () => void this.#end(child, gone);
  }

  /** The policy has changed. */
  setPolicy(policy: NetworkPolicy): void {
    for (const { child } of this.#held.values()) child.send({ type: "policy", policy }, () => {});
  }

  /** Ends this profile's connection. @returns false when there is none; resolves when it has ended */
  async close(profileId: string): Promise<boolean> {
    const held = this.#held.get(profileId);
    if (!held) return false;
    await this.#end(held.child, held.gone);
    return true;
  }

  /** A command of this computer has saved the profile's state; the flags in `settled` are not true of it any more. */
  noteSaved(profileId: string, bytes: number, settled: readonly string[] = []): void {
    this.#options.profiles.noteSaved(profileId, Date.now(), bytes);
    this.#options.profiles.dropFlags(profileId, settled);
  }

  /** Who is connected, as people call them; undefined when nobody is. */
  labelOf(profileId: string): string | undefined {
    return this.#held.get(profileId)?.label;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#held.values()].map(({ child, gone }) => this.#end(child, gone)));
  }

  #userOf(profileId: string): string | undefined {
    const label = this.labelOf(profileId);
    if (label) return label;
    const { profiles, sessions } = this.#options;
    const kind = sessions.givesWay(profileId) ? undefined : profiles.holders.get(profileId)?.kind;
    return kind && { run: "a run", window: "an open window", connect: "a connected program", session: "a session", task: "a task" }[kind];
  }

  async #end(child: ChildProcess, gone: Promise<void>): Promise<void> {
    if (child.connected) child.send({ type: "close" }, () => {});
    const late = setTimeout(() => child.kill("SIGKILL"), endMs);
    await gone;
    clearTimeout(late);
  }
}

function connectFile(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "./main.ts" : "./connect.mjs", import.meta.url));
}
