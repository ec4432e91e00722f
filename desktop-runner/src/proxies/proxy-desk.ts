import type { DatabaseSync } from "node:sqlite";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { CarriedProxy, CarriedWays } from "@deskhand/shared/schemas/proxy";
import { readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import { proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type { Hop } from "../policy/upstream/hop.ts";
import { chooseProxies } from "./choose-proxy.ts";
import { ProxyLocks } from "./proxy-locks.ts";
import { type KnownPool, type KnownProxy, type ProxyChanges, ProxyTable } from "./proxy-table.ts";

/** One way out that a run may take, with its secrets in clear. */
export type ProxyCandidate = {
  hops: Hop[];
  /** What is asked for before the run, so that it gets another exit; its proxy is this run's alone then. */
  changeUrl: string | null;
};
export type TakenProxies =
  | { ok: true; candidates: ProxyCandidate[] }
  /** `POOL_MISSING`: the runner was never told of the pool that the profile names. */
  | { ok: false; code: "PROXY_MISSING" | "POOL_MISSING"; reason?: string };

type Wish = { runId: string; profileId: string; settings: Pick<ProfileSettings, "proxy"> };
type DeskOptions = {
  /** In its file the runner keeps what it is told of proxies. */
  journal: { readonly database: DatabaseSync };
  unseal(armored: string): Promise<string>;
  clock(): number;
  random?: () => number;
};

/** Gives runs the proxies that their profiles name: chooses from pools, opens the secrets, and keeps runs off each other's exits. */
export class ProxyDesk {
  readonly #options: DeskOptions;
  readonly #table: ProxyTable;
  readonly #locks = new ProxyLocks();
  readonly #cooling = new Map<string, number>();
  /** Of the pool by which a run got its proxy, in milliseconds. */
  readonly #coolDowns = new Map<string, number>();

  /** Opens what was sealed to this runner. */
  readonly unseal: DeskOptions["unseal"];

  constructor(options: DeskOptions) {
    this.unseal = options.unseal;
    this.#options = options;
    this.#table = new ProxyTable(options.journal);
  }

  configure(changes: ProxyChanges): void {
    this.#table.configure(changes);
    for (const { id } of changes.proxies) this.#cooling.delete(id);
  }

  /**
   * What this run may leave by, the first choice first; none for a profile without a proxy. Waits for a proxy that changes its exit
   * until no other run uses it. Until {@link release} it is the run's.
   */
  async take({ runId, profileId, settings: { proxy: setting } }: Wish): Promise<TakenProxies> {
    if (setting.kind === "none") return { ok: true, candidates: [] };
    let ways: string[][] = [proxyIdsOf(setting)];
    if (setting.kind === "pool") {
      const pool = this.#table.pool(setting.poolId);
      if (!pool) return { ok: false, code: "POOL_MISSING" };
      ways = (await this.#choose(pool, { profileId, runId })).map((id) => [id]);
      this.#table.takeTurn(pool.id);
      this.#coolDowns.set(runId, pool.coolDownSeconds * 1000);
    }
    const candidates: ProxyCandidate[] = [];
    let isSealedToOthers = false;
    for (const ids of ways) {
      const proxies = ids.map((id) => this.#table.proxy(id)).filter((proxy) => proxy !== undefined);
      if (proxies.length < ids.length) continue;
      const exclusive = proxies.filter(({ changeUrlSealed }) => changeUrlSealed !== null).map(({ id }) => id);
      // the first choice is waited for; another one is only taken along when it is free now
      if (candidates.length === 0) await this.#locks.acquire(runId, exclusive);
      else if (!this.#locks.tryAcquire(runId, exclusive)) continue;
      const opened = await this.#open(proxies);
      if (opened) candidates.push(opened);
      else isSealedToOthers = true;
      // nothing is kept from others that this run cannot use
      if (candidates.length === 0) this.#locks.release(runId);
    }
    if (candidates.length > 0) return { ok: true, candidates };
    this.release(runId);
    return missing(isSealedToOthers ? "its password is not sealed to this runner" : "it was never told of it");
  }

  /** As {@link chooseProxies}, of those that can be read here; one that cannot does not shift the others' turns. */
  async #choose(pool: KnownPool, wish: { profileId: string; runId: string }): Promise<string[]> {
    const { clock, random = Math.random } = this.#options;
    const useless = new Set<string>();
    const coolingUntil = (id: string) => (useless.has(id) ? Number.MAX_SAFE_INTEGER : (this.#cooling.get(id) ?? 0));
    for (;;) {
      const order = chooseProxies(pool, { ...wish, turn: pool.turn, coolingUntil, now: clock(), random });
      const [first] = order;
      // with failover, whoever tries them in their order passes over those
      if (pool.strategy === "failover" || first === undefined || useless.has(first)) return order;
      const known = this.#table.proxy(first);
      if (known && (await this.#open([known]))) return order;
      useless.add(first);
    }
  }

  /** The proxy failed by its own fault in this run: its pool leaves it alone for a while. */
  noteFailed(runId: string, proxyId: string): void {
    const coolDown = this.#coolDowns.get(runId);
    if (coolDown) this.#cooling.set(proxyId, this.#options.clock() + coolDown);
  }

  release(runId: string): void {
    this.#locks.release(runId);
    this.#coolDowns.delete(runId);
  }

  /** What a runner needs that is to go on with a profile of these settings; what cannot be read here stays out. */
  async carry({ proxy: setting }: Pick<ProfileSettings, "proxy">): Promise<CarriedWays> {
    const proxies: CarriedProxy[] = [];
    for (const known of this.#proxiesOf(setting)) {
      const { passwordSealed, changeUrlSealed, ...proxy } = known;
      if (!(await this.#open([known]))) continue;
      const clear = async (sealed: string | null) => (sealed === null ? null : this.unseal(sealed));
      proxies.push({ ...proxy, password: await clear(passwordSealed), changeUrl: await clear(changeUrlSealed) });
    }
    const pool = setting.kind === "pool" ? this.#table.pool(setting.poolId) : undefined;
    if (!pool) return { proxies, pools: [] };
    const { turn: _, ...order } = pool;
    return { proxies, pools: [order] };
  }

  /** Keeps what came along with a profile, sealed to this runner by `seal`, unless it is known already, or known to be different by now. */
  async takeIn({ proxies, pools }: CarriedWays, seal: (text: string) => Promise<string>): Promise<void> {
    this.#table.configure({ proxies: [], pools, removed: [] });
    const sealed = async (text: string | null) => (text === null ? null : seal(text));
    for (const { password, changeUrl, ...proxy } of proxies) {
      const known = this.#table.proxy(proxy.id);
      if (known && (known.revision > proxy.revision || (known.revision === proxy.revision && (await this.#open([known]))))) continue;
      this.#table.put({ ...proxy, passwordSealed: await sealed(password), changeUrlSealed: await sealed(changeUrl) });
    }
  }

  /** Of the proxies that such a profile leaves by, those whose secrets can be read here. */
  async readable({ proxy: setting }: Pick<ProfileSettings, "proxy">): Promise<{ id: string; revision: number }[]> {
    const found: { id: string; revision: number }[] = [];
    for (const known of this.#proxiesOf(setting)) if (await this.#open([known])) found.push({ id: known.id, revision: known.revision });
    return found;
  }

  /** The pool that such a profile leaves by, as it is known here; undefined when it names none, or one that is not known. */
  poolOf({ proxy: setting }: Pick<ProfileSettings, "proxy">): { id: string; revision: number } | undefined {
    const pool = setting.kind === "pool" ? this.#table.pool(setting.poolId) : undefined;
    return pool && { id: pool.id, revision: pool.revision };
  }

  #proxiesOf(setting: ProfileSettings["proxy"]): KnownProxy[] {
    const ids = setting.kind === "pool" ? (this.#table.pool(setting.poolId)?.proxyIds ?? []) : proxyIdsOf(setting);
    return ids.flatMap((id) => this.#table.proxy(id) ?? []);
  }

  /** One proxy for itself, to be looked at. Undefined when it is not known, or cannot be opened here. */
  async hop(proxyId: string): Promise<Hop | undefined> {
    const proxy = this.#table.proxy(proxyId);
    return proxy && (await this.#open([proxy]))?.hops[0];
  }

  async #open(proxies: readonly KnownProxy[]): Promise<ProxyCandidate | undefined> {
    try {
      const hops: Hop[] = [];
      let changeUrl: string | null = null;
      for (const proxy of proxies) {
        const { id, scheme, host, port, username } = proxy;
        const open = async (sealed: string) => {
          const secret = readProxySecret(await this.unseal(sealed), proxy);
          if (secret === undefined) throw new Error("It was sealed for another proxy.");
          return secret;
        };
        const password = proxy.passwordSealed === null ? null : await open(proxy.passwordSealed);
        hops.push({ id, scheme, host, port, username, password });
        if (proxy.changeUrlSealed !== null) changeUrl = await open(proxy.changeUrlSealed);
      }
      return { hops, changeUrl };
    } catch {
      return undefined;
    }
  }
}

function missing(reason: string): TakenProxies {
  return { ok: false, code: "PROXY_MISSING", reason };
}
