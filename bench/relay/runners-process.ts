// Many runners at the level of the wire: each proves its device key and keeps its joins, beats, tells its policy, answers its commands
// and comes back as the real one does. What it promises it keeps in memory: its journal would be on another machine's disk.
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import { type Challenge, proofText, type Refused, type Welcome } from "@deskhand/shared/protocol/handshake";
import { PROTOCOL_MIN, PROTOCOL_VERSION, RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io, type Socket } from "socket.io-client";
import { retryDelayMs } from "../../desktop-runner/src/connection/backoff.ts";
import { answerParent } from "./answer-parent.ts";

/** Runners that share an address, as behind one router. */
const perAddress = 50;

/** What the folder of each keeps. */
type Folder = { key: KeyObject; joinId: string | null; nextJoinId: string };
const folders: Folder[] = [];
const refusals = new Map<string, number>();
const runners: Runner[] = [];
const finished = new Set<string>();
let running = true;

/** `first` is the number of the first of these in the whole crowd, `key` that of its key here. */
type Opening = { url: string; bare: boolean; runnerIds: string[]; first: number; key: number; perSecond: number };

class Runner {
  isConnected = false;
  readonly #opening: Opening;
  readonly #id: string;
  readonly #localAddress: string;
  readonly #folder: Folder;
  readonly #instanceId = randomUUID();
  readonly #holding = new Map<string, string>();
  #failures = 0;
  #isOver = false;
  #socket: Socket | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(opening: Opening, n: number) {
    this.#opening = opening;
    this.#id = opening.runnerIds[n] ?? "";
    this.#folder = folders[opening.key + n] as Folder;
    const place = Math.floor((opening.first + n) / perAddress);
    this.#localAddress = `127.0.${1 + Math.floor(place / 250)}.${1 + (place % 250)}`;
  }

  open(): void {
    const socket = io(`${this.#opening.url}${RUNNER_NAMESPACE}`, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      timeout: 20_000,
      auth: { runnerId: this.#id, protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION } },
      ...{ localAddress: this.#localAddress },
    });
    this.#socket = socket;
    const patience = setTimeout(() => end(), 20_000);
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(patience);
      clearTimeout(this.#beat);
      this.isConnected = false;
      socket.disconnect();
      socket.io.engine?.close();
      if (running && !this.#isOver) setTimeout(() => this.open(), retryDelayMs(this.#failures++));
    };
    socket.on("disconnect", end);
    socket.on("connect_error", end);
    if (this.#opening.bare) {
      socket.on("connect", () => {
        clearTimeout(patience);
        this.isConnected = true;
      });
      socket.on("command", (_, answer) => answer({ v: 1, status: "accepted" }));
      return;
    }
    socket.on("challenge", ({ nonce }: Challenge, answer: (proof: object) => void) => answer(this.#prove(nonce)));
    socket.on("welcome", (welcome: Welcome) => {
      clearTimeout(patience);
      this.isConnected = true;
      Object.assign(this.#folder, { joinId: this.#folder.nextJoinId, nextJoinId: randomUUID() });
      void this.#keepBeating(socket, welcome.heartbeatMs);
      const policy = { v: 1, paused: false, quietUntil: null, damaged: false, empty: false, refusals: [] };
      void ask(socket, "policy-report", policy);
      for (const id of this.#holding.keys()) void this.#tellEnd(socket, id);
    });
    socket.on("refused", ({ code, final }: Refused) => {
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
      if (final) this.leave();
    });
    socket.on("command", ({ id, leaseToken }: Command, answer: (accepted: object) => void) => {
      answer({ v: 1, status: "accepted", leaseToken });
      this.#holding.set(id, leaseToken);
      void this.#tellEnd(socket, id);
    });
  }

  leave(): void {
    this.#isOver = true;
    this.#socket?.disconnect();
  }

  async #tellEnd(socket: Socket, commandId: string): Promise<void> {
    const leaseToken = this.#holding.get(commandId);
    const answer = await ask(socket, "command-finished", { v: 1, commandId, leaseToken, state: "succeeded", failureCode: null });
    if (answer?.ok) {
      this.#holding.delete(commandId);
      finished.add(commandId);
    } else if (socket.connected) setTimeout(() => void this.#tellEnd(socket, commandId), 100 + retryDelayMs(2));
  }

  async #keepBeating(socket: Socket, everyMs: number): Promise<void> {
    const holding = [...this.#holding].map(([commandId, leaseToken]) => ({ commandId, leaseToken }));
    const answer = await ask(socket, "heartbeat", { v: 1, clock: Date.now(), holding });
    if (answer) this.#failures = 0;
    if (socket.connected) this.#beat = setTimeout(() => void this.#keepBeating(socket, everyMs), everyMs);
  }

  #prove(nonce: string): object {
    const { key, joinId, nextJoinId } = this.#folder;
    const bound = { instanceId: this.#instanceId, joinId, nextJoinId };
    const signature = sign(null, Buffer.from(proofText(this.#id, nonce, bound)), key).toString("base64");
    return { v: 1, signature, ...bound, clock: Date.now(), version: "0.1.0", browser: null };
  }
}

async function ask(socket: Socket, name: string, message: object): Promise<{ ok?: boolean } | undefined> {
  return socket
    .timeout(15_000)
    .emitWithAck(name, message)
    .catch(() => undefined);
}

answerParent({
  makeKeys({ count }: { count: number }) {
    return Array.from({ length: count }, () => {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      folders.push({ key: privateKey, joinId: null, nextJoinId: randomUUID() });
      return publicKey.export({ format: "der", type: "spki" }).toString("base64");
    });
  },
  /** Opens `perSecond` connections a second. */
  async open(opening: Opening) {
    running = true;
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
    running = false;
    for (const runner of runners.splice(0)) runner.leave();
  },
});
