// Many runners at the level of the wire: each proves its device key and keeps its joins, beats, tells its policy, answers its commands
// and comes back as the real one does. What it promises it keeps in memory: its journal would be on another machine's disk.
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import { type Challenge, proofText, type Refused, type Welcome } from "@deskhand/shared/protocol/handshake";
import { PROTOCOL_MIN, PROTOCOL_VERSION } from "@deskhand/shared/protocol/version";
import { retryDelayMs } from "../../desktop-runner/src/connection/backoff.ts";
import { answerParent } from "./answer-parent.ts";
import { openWire, type Wire } from "./wire.ts";

/** Runners that share an address, as behind one router. */
const perAddress = 50;

/** What the folder of each keeps. */
type Folder = { key: KeyObject; joinId: string | null; nextJoinId: string };
const folders: Folder[] = [];
const runners: Runner[] = [];
const finished = new Set<string>();
const refusals = new Map<string, number>();

/** `first` is the number of the first of these in the whole crowd, `key` that of its key here. */
type Opening = { url: string; bare: boolean; runnerIds: string[]; first: number; key: number; perSecond: number };

class Runner {
  isConnected = false;
  readonly #url: string;
  readonly #isBare: boolean;
  readonly #id: string;
  readonly #localAddress: string;
  readonly #folder: Folder;
  readonly #instanceId = randomUUID();
  readonly #holding = new Map<string, string>();
  #failures = 0;
  #hasLeft = false;
  #wire: Wire | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor({ url, bare, runnerIds, key, first }: Opening, n: number) {
    this.#url = url;
    this.#isBare = bare;
    this.#id = runnerIds[n] ?? "";
    this.#folder = folders[key + n] as Folder;
    const place = Math.floor((first + n) / perAddress);
    this.#localAddress = `127.0.${1 + Math.floor(place / 250)}.${1 + (place % 250)}`;
  }

  open(): void {
    const auth = { runnerId: this.#id, protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION } };
    const wire = openWire(this.#url, this.#localAddress, auth, {
      opened: () => {
        if (this.#isBare) this.#enter(wire, 10_000);
      },
      message: (name, message) => this.#hear(wire, name, message),
      closed: () => {
        clearTimeout(this.#beat);
        this.isConnected = false;
        if (!this.#hasLeft) setTimeout(() => this.open(), retryDelayMs(this.#failures++));
      },
    });
    this.#wire = wire;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#wire?.close();
  }

  #hear(wire: Wire, name: string, message: never): object | undefined {
    switch (name) {
      case "challenge":
        return this.#prove((message as Challenge).nonce);
      case "welcome": {
        Object.assign(this.#folder, { joinId: this.#folder.nextJoinId, nextJoinId: randomUUID() });
        this.#enter(wire, (message as Welcome).heartbeatMs);
        void wire.ask("policy-report", { v: 1, paused: false, quietUntil: null, damaged: false, empty: false, refusals: [] });
        for (const id of this.#holding.keys()) void this.#tellEnd(wire, id);
        return undefined;
      }
      case "command": {
        const { id, leaseToken } = message as Command;
        if (this.#isBare) return { v: 1, status: "accepted", leaseToken };
        this.#holding.set(id, leaseToken);
        // after the answer
        setImmediate(() => void this.#tellEnd(wire, id));
        return { v: 1, status: "accepted", leaseToken };
      }
      case "refused": {
        const { code, final } = message as Refused;
        refusals.set(code, (refusals.get(code) ?? 0) + 1);
        if (final) this.leave();
      }
    }
    return undefined;
  }

  #enter(wire: Wire, heartbeatMs: number): void {
    this.isConnected = true;
    if (this.#isBare) this.#failures = 0;
    else void this.#keepBeating(wire, heartbeatMs);
  }

  async #tellEnd(wire: Wire, commandId: string): Promise<void> {
    const leaseToken = this.#holding.get(commandId);
    const answer = await wire.ask("command-finished", { v: 1, commandId, leaseToken, state: "succeeded", failureCode: null });
    if (answer?.ok) {
      this.#holding.delete(commandId);
      finished.add(commandId);
    } else if (wire === this.#wire && this.isConnected) setTimeout(() => void this.#tellEnd(wire, commandId), 100 + retryDelayMs(2));
  }

  async #keepBeating(wire: Wire, everyMs: number): Promise<void> {
    const holding = [...this.#holding].map(([commandId, leaseToken]) => ({ commandId, leaseToken }));
    const answer = await wire.ask("heartbeat", { v: 1, clock: Date.now(), holding });
    if (answer) this.#failures = 0;
    if (wire === this.#wire && this.isConnected) this.#beat = setTimeout(() => void this.#keepBeating(wire, everyMs), everyMs);
  }

  #prove(nonce: string): object {
    const { key, joinId, nextJoinId } = this.#folder;
    const bound = { instanceId: this.#instanceId, joinId, nextJoinId };
    const signature = sign(null, Buffer.from(proofText(this.#id, nonce, bound)), key).toString("base64");
    return { v: 1, signature, ...bound, clock: Date.now(), version: "0.1.0", browser: null };
  }
}

answerParent({
  /** @returns the public keys, SPKI DER in base64 */
  makeKeys({ count }: { count: number }) {
    return Array.from({ length: count }, () => {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      folders.push({ key: privateKey, joinId: null, nextJoinId: randomUUID() });
      return publicKey.export({ format: "der", type: "spki" }).toString("base64");
    });
  },
  /** Opens `perSecond` connections a second. */
  async open(opening: Opening) {
    for (let n = 0; n < opening.runnerIds.length; n += 1) {
      const runner = new Runner(opening, n);
      runners.push(runner);
      runner.open();
      if (n % Math.max(1, Math.round(opening.perSecond / 20)) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  look: () => ({
    connected: runners.filter(({ isConnected }) => isConnected).length,
    finished: finished.size,
    refusals: Object.fromEntries(refusals),
  }),
  leave() {
    for (const runner of runners.splice(0)) runner.leave();
  },
});
