import { randomUUID } from "node:crypto";
import path from "node:path";
import type { ProfileEngine, ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { RunnerHome } from "../identity/home.ts";
import type { RefusalEntry } from "../journal/refusal-log.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { ProxyDesk } from "../proxies/proxy-desk.ts";
import type { Capacity } from "../runs/capacity.ts";
import type { SessionEvent, SessionOrder } from "../worker/messages.ts";
import { chooseRest } from "./choose-rest.ts";
import { FairGate } from "./fair-gate.ts";
import type { ProfileTable } from "./profile-table.ts";

/** `sessionId`: who has it open, by which the server knows whose wish that was. */
type Wish = { sessionId?: string; profileId: string; window: boolean; url?: string };
type Session = {
  profileId: string;
  sessionId: string;
  /** `conversion`: opened and closed again for its own sake; nobody is told of it. */
  kind: "window" | "session" | "conversion";
  urls: string[];
  isOpen: boolean;
  usedAt: number;
  /** It is on its way to its end, for good or only out of memory. */
  ending?: "close" | "rest";
  opened: PromiseWithResolvers<string | undefined>;
  closed: PromiseWithResolvers<string | undefined>;
};

export type ProfileSessionsOptions = {
  home: Pick<RunnerHome, "profilesFolder">;
  profiles: ProfileTable;
  worker: {
    openSession(order: SessionOrder): Promise<void>;
    closeSession(sessionId: string): void;
    onSession: (sessionId: string, event: SessionEvent) => void;
  };
  policy: { readonly network: NetworkPolicy };
  proxies: Pick<ProxyDesk, "take" | "release" | "noteFailed">;
  capacity: Pick<Capacity, "hold" | "room" | "onShort">;
  onRefusal(entry: RefusalEntry): void;
  /** A session that nobody uses for so long hibernates, milliseconds; 15 minutes when absent. */
  hibernateAfterMs?: number | undefined;
  clock?: () => number;
};

const usualHibernateMs = 15 * 60_000;
const lookEveryMs = 5_000;
/** Of those that are started together, so many open at a time: more make each of them slower, and runs too. */
const openAtOnce = 2;

export type Started = { state: "awake" | "hibernating" } | { failureCode: string };

/**
 * Profiles that are held open without a run: in a window for a person, or for programs. One without a window that nobody uses hibernates: its
 * state is saved, its pages and its context are closed, and it costs nothing until it is used again, when it opens where it was. What is on
 * somebody's screen stays there.
 */
export class ProfileSessions {
  readonly #options: ProfileSessionsOptions;
  readonly #clock: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #gate = new FairGate(openAtOnce);
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProfileSessionsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    options.worker.onSession = (sessionId, event) => this.#take(sessionId, event);
    options.capacity.onShort = (contexts) => this.#rest(contexts);
  }

  /**
   * Opens it, or wakes it where it was. Resolves when it can be used, with undefined, or with the code of why it could not be opened. A window
   * takes the place of a session without one.
   */
  async open(wish: Wish, signal?: AbortSignal): Promise<string | undefined> {
    const known = this.#of(wish.profileId);
    if (known && (known.ending || (wish.window && known.kind === "session"))) {
      await this.#end(known, "rest");
      return this.open(wish, signal);
    }
    if (known) {
      known.usedAt = this.#clock();
      return known.opened.promise;
    }
    const { profiles } = this.#options;
    const urls = wish.url === undefined ? (profiles.session(wish.profileId)?.urls ?? []) : [wish.url];
    const session = this.#start(
      { ...wish, sessionId: wish.sessionId ?? randomUUID(), urls, kind: wish.window ? "window" : "session" },
      profiles.get(wish.profileId).settings,
    );
    const cancel = () => void this.#end(session, "rest");
    signal?.addEventListener("abort", cancel);
    const code = await session.opened.promise;
    signal?.removeEventListener("abort", cancel);
    return code;
  }

  /** As {@link open} without a window, in turn with what is started under other keys; it hibernates from the first while there is no memory for it. */
  async start(profileId: string, key: string, signal?: AbortSignal): Promise<Started> {
    return this.#gate.through(key, async () => {
      const { profiles, capacity } = this.#options;
      if (signal?.aborted) return { failureCode: "CANCELLED" };
      if (profiles.isDeleted(profileId)) return { failureCode: "PROFILE_GONE" };
      if (!this.#of(profileId)) {
        if (profiles.holders.has(profileId)) return { failureCode: "PROFILE_BUSY" };
        if (capacity.room() < 1) {
          if (!profiles.session(profileId)) profiles.keepSession(profileId, { urls: [], since: this.#clock() });
          return { state: "hibernating" };
        }
      }
      const failureCode = await this.open({ profileId, window: false }, signal);
      return failureCode === undefined ? { state: "awake" } : { failureCode };
    });
  }

  /** Resolves when it is closed and saved; at once when it was not open. One that hibernates is over with it. */
  async close(profileId: string): Promise<void> {
    const session = this.#of(profileId);
    if (session) await this.#end(session, "close");
    if (this.#options.profiles.session(profileId)) this.#options.profiles.keepSession(profileId, null);
  }

  /** Saves it and takes it out of memory; resolves at once when it is not open, or in a window. It stays listed, and wakes when it is used. */
  async hibernate(profileId: string): Promise<void> {
    const session = this.#of(profileId);
    if (session?.kind === "session") await this.#end(session, "rest");
  }

  /** Whether it is open for nobody in particular: whoever needs the profile has it hibernate first. */
  givesWay(profileId: string): boolean {
    return this.#of(profileId)?.kind === "session";
  }

  /**
   * Opens the profile's folder and closes it again: the state that was saved is put in, and what the folder holds is saved, for the shared engine
   * also of sites that were not visited in it. Resolves with the code of why that could not be done.
   */
  async convert(profileId: string, to: ProfileEngine, signal?: AbortSignal): Promise<string | undefined> {
    await this.hibernate(profileId);
    if (this.#of(profileId)) return "PROFILE_BUSY";
    const { settings } = this.#options.profiles.get(profileId);
    const session = this.#start(
      { sessionId: randomUUID(), profileId, urls: [], kind: "conversion", conversion: to },
      {
        ...settings,
        engine: "dedicated",
      },
    );
    const close = () => void this.#end(session, "close");
    signal?.addEventListener("abort", close);
    const code = await session.opened.promise;
    close();
    signal?.removeEventListener("abort", close);
    return code ?? (await session.closed.promise);
  }

  #of(profileId: string): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.profileId === profileId);
  }

  /** Resolves when it is over. What was asked to end for good does not hibernate instead. */
  async #end(session: Session, why: "close" | "rest"): Promise<void> {
    if (session.ending !== "close") session.ending = why;
    this.#options.worker.closeSession(session.sessionId);
    await session.closed.promise;
  }

  /** It leaves by its proxy, when it has one; for a conversion nothing is to be reached. */
  #start(
    {
      sessionId,
      profileId,
      urls,
      kind,
      conversion,
    }: Pick<Session, "sessionId" | "profileId" | "urls" | "kind"> & Pick<SessionOrder, "conversion">,
    settings: ProfileSettings,
  ): Session {
    const promises = { opened: Promise.withResolvers<string | undefined>(), closed: Promise.withResolvers<string | undefined>() };
    const session: Session = { profileId, sessionId, kind, urls, isOpen: false, usedAt: this.#clock(), ...promises };
    this.#sessions.set(sessionId, session);
    this.#watch();
    const profileDir = path.join(this.#options.home.profilesFolder, profileId);
    const { proxies, worker, policy } = this.#options;
    void (async () => {
      try {
        const goesOut = kind !== "conversion";
        const taken = goesOut ? await proxies.take({ runId: sessionId, profileId, settings }) : ({ ok: true, candidates: [] } as const);
        if (!taken.ok) return this.#take(sessionId, { kind: "closed", code: taken.code });
        if (this.#options.profiles.isDeleted(profileId)) return this.#take(sessionId, { kind: "closed", code: "PROFILE_GONE" });
        if (session.ending && kind !== "conversion") return this.#take(sessionId, { kind: "closed" });
        const window = kind === "window";
        const order = { type: "open-session", sessionId, profileId, profileDir, settings, window, urls, policy: policy.network } as const;
        await worker.openSession({ ...order, ...(conversion && { conversion }), proxies: [...taken.candidates] });
      } catch {
        this.#take(sessionId, { kind: "closed", code: "WORKER_CRASHED" });
      }
    })();
    return session;
  }

  /** What the worker tells of one. */
  #take(sessionId: string, event: SessionEvent): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    const { profiles, proxies, worker, onRefusal } = this.#options;
    const { profileId } = session;
    switch (event.kind) {
      case "opened":
        this.#onOpened(session);
        // it was asked to end before the worker knew of it
        if (session.ending) worker.closeSession(sessionId);
        break;
      case "saved":
        profiles.noteSaved(profileId, event.at, event.bytes);
        break;
      case "profile-flags":
        profiles.addFlags(profileId, event.flags);
        break;
      case "profile-restored":
        profiles.addFlags(profileId, ["state-restored"]);
        break;
      case "refused":
        onRefusal({ runId: null, ...event.reason, count: event.count, fatal: event.fatal, at: event.at });
        break;
      case "proxy-failed":
        proxies.noteFailed(sessionId, event.proxyId);
        break;
      case "proxy-exit":
        profiles.noteExit(profileId, event);
        break;
      case "proxy-used":
        profiles.addProxyBytes(profileId, event);
        break;
      case "closed":
        this.#onClosed(session, event);
    }
  }

  #onOpened(session: Session): void {
    const { profileId, sessionId, kind, urls } = session;
    session.isOpen = true;
    session.usedAt = this.#clock();
    if (kind !== "conversion") {
      const { profiles } = this.#options;
      profiles.hold(profileId, { kind, id: sessionId, since: session.usedAt });
      // kept from here on, so that it is there again after a crash; a window is over with its browser
      const kept = kind === "session" ? { urls, since: null } : null;
      if (kept || profiles.session(profileId)) profiles.keepSession(profileId, kept);
    }
    session.opened.resolve(undefined);
  }

  #onClosed(session: Session, { code, urls }: Extract<SessionEvent, { kind: "closed" }>): void {
    const { profiles, proxies } = this.#options;
    const { profileId, sessionId, kind } = session;
    this.#sessions.delete(sessionId);
    this.#watch();
    proxies.release(sessionId);
    // whatever ends it but a person, its browser's crash too: it opens again where it was
    const rests = kind === "session" && session.isOpen && session.ending !== "close";
    if (rests) profiles.keepSession(profileId, { urls: urls ?? session.urls, since: this.#clock() });
    profiles.release(profileId, sessionId);
    session.opened.resolve(code ?? "CANCELLED");
    session.closed.resolve(code);
  }

  /** Looks from time to time while there is something that could hibernate. */
  #watch(): void {
    const { capacity, hibernateAfterMs: afterMs = usualHibernateMs } = this.#options;
    capacity.hold(this.#sessions.size);
    if (this.#sessions.size > 0) this.#timer ??= setInterval(() => this.#rest(0), Math.min(lookEveryMs, afterMs)).unref();
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** Those that nobody uses hibernate; where memory is short for so many contexts, some others too. */
  #rest(short: number): void {
    const { hibernateAfterMs: afterMs = usualHibernateMs } = this.#options;
    const awake = [...this.#sessions.values()].filter(({ kind, isOpen, ending }) => kind === "session" && isOpen && !ending);
    for (const profileId of chooseRest(awake, { now: this.#clock(), afterMs, short })) void this.hibernate(profileId);
  }
}
