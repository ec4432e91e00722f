import type { Socket } from "node:net";
import { greetProxy } from "./greet-proxy.ts";
import { type Endpoint, type Hop, hopName } from "./hop.ts";
import { ProxyFailure } from "./proxy-failure.ts";

/** For each proxy on the way, milliseconds. */
const greetingMs = 15_000;

/** Targets of which it is remembered how long the proxies took to connect to them. */
const remembered = 500;

export type Traffic = { sent: number; received: number };

/** The way out through one proxy or several in a row, and what has gone over it. */
export class ProxyWay {
  readonly hops: readonly Hop[];
  readonly #dial: (first: Hop) => Promise<Socket>;
  readonly #timeoutMs: number;
  readonly #open = new Set<Socket>();
  /** The proxy that has the last word on connections that are being made, by their target. */
  readonly #waitingFor = new Map<string, Hop>();
  /** Milliseconds, by the target. */
  readonly #took = new Map<string, number>();
  #before: Traffic = { sent: 0, received: 0 };

  /** @param dial connects to the first proxy, as far as the policy lets it */
  constructor(hops: readonly Hop[], dial: (first: Hop) => Promise<Socket>, timeoutMs = greetingMs) {
    this.hops = hops;
    this.#dial = dial;
    this.#timeoutMs = timeoutMs;
  }

  /** A connection to the target, made by the last proxy, which looks its name up. @throws ProxyFailure, and what `dial` throws */
  async connect(target: Endpoint): Promise<Socket> {
    const [first, ...rest] = this.hops;
    if (!first) throw new Error("There is no proxy on this way.");
    const name = hopName(target);
    const begun = performance.now();
    let hop = first;
    try {
      this.#waitingFor.set(name, hop);
      const wire = await this.#dial(first);
      this.#count(wire);
      let socket = wire;
      for (const next of rest) {
        socket = await greetProxy(socket, hop, next, this.#timeoutMs);
        hop = next;
        this.#waitingFor.set(name, hop);
      }
      socket = await greetProxy(socket, hop, target, this.#timeoutMs);
      if (this.#took.size >= remembered) this.#took.clear();
      this.#took.set(name, performance.now() - begun);
      return socket;
    } finally {
      this.#waitingFor.delete(name);
    }
  }

  /** What a target still waits for that was never reached on this way; undefined when it does not wait. */
  lateFailureOf(target: Endpoint): ProxyFailure | undefined {
    const hop = this.#took.has(hopName(target)) ? undefined : this.#waitingFor.get(hopName(target));
    return hop && new ProxyFailure("PROXY_TIMEOUT", hopName(hop), hop.id);
  }

  /** How long the proxies took to connect to this target the last time, milliseconds; undefined when they never did. */
  tookFor(target: Endpoint): number | undefined {
    return this.#took.get(hopName(target));
  }

  /** Bytes between this computer and the first proxy, as its owner counts them: greetings and encryption included. */
  get traffic(): Traffic {
    const total = { ...this.#before };
    for (const wire of this.#open) add(total, wire);
    return total;
  }

  #count(wire: Socket): void {
    this.#open.add(wire);
    wire.once("close", () => {
      this.#open.delete(wire);
      add(this.#before, wire);
    });
  }
}

function add(total: Traffic, wire: Socket): void {
  total.sent += wire.bytesWritten;
  total.received += wire.bytesRead;
}
