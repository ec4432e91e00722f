import type { Command } from "@deskhand/shared/protocol/commands";
import type { Db } from "@/server/db";
import type { HeldCommand } from "./change-state.ts";
import { rememberCommands } from "./known-commands.ts";

/** A runner that is connected to this very process, and how its commands are leased. */
export type NearbyRunner = { connectionId: string; window: number; leaseMs: number };

/** What was queued for a runner: leased, with the message that it gets, or left to wait for a place. */
export type QueuedNearby = { runnerId: string; leased?: { command: HeldCommand; message: Command } };

/** `unfetched`: of each runner one of its commands, by which it is seen whether all are stored. */
type Delivery = { since: number; queued: Promise<QueuedNearby[]>; unfetched: Map<string, string> };

/** What a transaction may take before it commits, in milliseconds, and more: what nobody has fetched by then was rolled back. */
const KEPT_MS = 60_000;

/**
 * Lets what queues a command lease it in the same statement, for a runner that is connected to this process. The messages wait here until
 * the hint of that transaction says that it has been committed. What is lost with this process is found in the tables, where it is
 * leased: a new connection is sent it again, and an old one when the lease ends.
 */
class NearbyRunners {
  readonly #db: Db;
  readonly #runners = new Map<string, NearbyRunner>();
  readonly #deliveries = new Map<string, Delivery>();
  /** The ids of the deliveries that a runner has not been given, in their order. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(db: Db) {
    this.#db = db;
  }

  get(runnerId: string): NearbyRunner | undefined {
    return this.#runners.get(runnerId);
  }

  put(runnerId: string, runner: NearbyRunner): void {
    this.#runners.set(runnerId, runner);
  }

  /** That connection has ended; another one of the same runner stays. */
  remove(runnerId: string, connectionId: string): void {
    if (this.#runners.get(runnerId)?.connectionId === connectionId) this.#runners.delete(runnerId);
  }

  /** Keeps what is being queued under the id that its hints name. */
  keep(deliveryId: string, commands: { id: string; runnerId: string }[], queued: Promise<QueuedNearby[]>): void {
    const now = performance.now();
    for (const [id, { since }] of this.#deliveries) {
      if (now - since < KEPT_MS) break;
      this.#forget(id);
    }
    queued.catch(() => this.#forget(deliveryId));
    const unfetched = new Map(commands.map(({ id, runnerId }) => [runnerId, id]));
    this.#deliveries.set(deliveryId, { since: now, queued, unfetched });
    for (const runnerId of unfetched.keys()) this.#waiting.set(runnerId, (this.#waiting.get(runnerId) ?? new Set()).add(deliveryId));
  }

  /**
   * The hint has come, so all that was queued with it is stored: what this runner is to be sent on this connection, in order. `isAll`:
   * nothing was left for want of a place.
   * @returns undefined when it was leased by another process or to another connection
   */
  async fetch(deliveryId: string, runnerId: string, connectionId: string): Promise<{ messages: Command[]; isAll: boolean } | undefined> {
    const delivery = this.#deliveries.get(deliveryId);
    if (!delivery || this.get(runnerId)?.connectionId !== connectionId) return undefined;
    if (!delivery.unfetched.delete(runnerId)) return { messages: [], isAll: false };
    this.#settle(runnerId, deliveryId);
    const queued = (await delivery.queued).filter((each) => each.runnerId === runnerId);
    const leased = queued.flatMap((each) => each.leased ?? []);
    rememberCommands(
      this.#db,
      leased.map(({ command }) => command),
    );
    return { messages: leased.map(({ message }) => message), isAll: leased.length === queued.length };
  }

  /** What is stored and whose hint is still on its way, as {@link fetch} gives it: it goes before what was queued after it. */
  async fetchStored(runnerId: string, connectionId: string, storedOf: (ids: string[]) => Promise<Set<string>>): Promise<Command[]> {
    const waiting = [...(this.#waiting.get(runnerId) ?? [])];
    if (waiting.length === 0) return [];
    const commandOf = new Map(waiting.map((id) => [id, this.#deliveries.get(id)?.unfetched.get(runnerId) ?? ""]));
    const stored = await storedOf([...commandOf.values()]);
    const messages: Command[] = [];
    for (const deliveryId of waiting) {
      if (!stored.has(commandOf.get(deliveryId) ?? "")) continue;
      messages.push(...((await this.fetch(deliveryId, runnerId, connectionId))?.messages ?? []));
    }
    return messages;
  }

  #forget(deliveryId: string): void {
    for (const runnerId of this.#deliveries.get(deliveryId)?.unfetched.keys() ?? []) this.#settle(runnerId, deliveryId);
    this.#deliveries.delete(deliveryId);
  }

  /** It does not wait for that any more. */
  #settle(runnerId: string, deliveryId: string): void {
    const waiting = this.#waiting.get(runnerId);
    waiting?.delete(deliveryId);
    if (waiting?.size === 0) this.#waiting.delete(runnerId);
  }
}

const key = Symbol.for("deskhand.nearbyRunners");
const holder = globalThis as { [key]?: WeakMap<Db, NearbyRunners> };

/** Those of this process. On `globalThis` because `main.ts` and Next are two module graphs in one process. */
export function nearbyRunners(db: Db): NearbyRunners {
  holder[key] ??= new WeakMap();
  const known = holder[key].get(db) ?? new NearbyRunners(db);
  holder[key].set(db, known);
  return known;
}
