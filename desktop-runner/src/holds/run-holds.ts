import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { HoldAnswer, HoldInput, HoldInputs, HoldNews } from "@deskhand/shared/protocol/hold";
import type { Recorded } from "@deskhand/shared/protocol/recorded";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { TrialNews } from "@deskhand/shared/protocol/trial";
import type { WorkerHold } from "../worker/messages.ts";

export type HoldWish = { runId: string; holdId: string /** SPKI DER, base64 */; key: string | null };

type Hold = { holdId: string; key: KeyObject | null; lastSeq: number; lease: NodeJS.Timeout | undefined };

type Outside = {
  worker: WorkerHold;
  isActive(runId: string): boolean;
  areSignaturesRequired(): boolean;
  record(runId: string, event: RunEvent): void;
  tell(news: HoldNews): void;
  tellRecorded(recorded: Recorded): void;
  tellTrial(news: TrialNews): void;
  clock(): number;
  /** How long somebody may say nothing; milliseconds. */
  leaseMs: number;
};

/**
 * Who has the page of a run. One person at a time, for as long as their messages come: the runner itself takes the page back when they stop,
 * so that neither a viewer that is gone nor a server that is away holds a run up.
 */
export class RunHolds {
  readonly #outside: Outside;
  readonly #holds = new Map<string, Hold>();

  constructor(outside: Outside) {
    this.#outside = outside;
    outside.worker.onHoldNews = (runId, news) => {
      const hold = this.#holds.get(runId);
      if (hold) outside.tell({ v: 1, runId, holdId: hold.holdId, ...news });
    };
    outside.worker.onRecorded = (runId, facts) => {
      const hold = this.#holds.get(runId);
      if (hold) outside.tellRecorded({ v: 1, runId, holdId: hold.holdId, ...facts });
    };
    outside.worker.onTrial = (runId, facts) => {
      const hold = this.#holds.get(runId);
      if (hold) outside.tellTrial({ v: 1, runId, holdId: hold.holdId, ...facts });
    };
  }

  /** @returns why not, as a code of a run's failure */
  begin({ runId, holdId, key }: HoldWish): string | undefined {
    const { worker, record, clock } = this.#outside;
    const known = this.#holds.get(runId);
    // the same task again, after a restart of the runner's half of it
    if (known?.holdId === holdId) return undefined;
    if (known) return "RUN_HELD";
    if (!this.#outside.isActive(runId) || !worker.has(runId)) return "RUN_OVER";
    if (key === null && this.#outside.areSignaturesRequired()) return "HOLD_UNSIGNED";
    const readable = key === null ? null : readKey(key);
    if (readable === undefined) return "TASK_INVALID";
    const hold: Hold = { holdId, key: readable, lastSeq: 0, lease: undefined };
    this.#holds.set(runId, hold);
    this.#renew(runId, hold);
    worker.hold(runId, true);
    record(runId, { kind: "held", at: clock(), commandId: holdId });
    return undefined;
  }

  /** Passes on what the person did, in the order of its numbers. */
  async take(runId: string, text: string, signature: string | undefined): Promise<HoldAnswer> {
    const hold = this.#holds.get(runId);
    if (!hold) return refused("HOLD_OVER");
    if (hold.key && !isSigned(hold.key, text, signature)) return refused("FORBIDDEN");
    const { holdInputs } = await import("@deskhand/shared/protocol/hold");
    const parsed = holdInputs.safeParse(parseJson(text));
    if (!parsed.success) return refused("MESSAGE_INVALID");
    return this.#pass(runId, hold, parsed.data);
  }

  /** The run is over. */
  end(runId: string): void {
    const hold = this.#holds.get(runId);
    if (!hold) return;
    clearTimeout(hold.lease);
    this.#holds.delete(runId);
  }

  async #pass(runId: string, hold: Hold, { holdId, seq, inputs }: HoldInputs): Promise<HoldAnswer> {
    if (holdId !== hold.holdId || this.#holds.get(runId) !== hold) return refused("HOLD_OVER");
    // repeated or out of order: it was done, or comes too late to be
    if (seq <= hold.lastSeq) return { v: 1, ok: true };
    hold.lastSeq = seq;
    this.#renew(runId, hold);
    const acts = inputs.filter(isAct);
    if (acts.length > 0) await this.#outside.worker.holdInput(runId, acts);
    if (inputs.some(({ t }) => t === "give-back")) this.#giveBack(runId, hold);
    return { v: 1, ok: true };
  }

  #renew(runId: string, hold: Hold): void {
    clearTimeout(hold.lease);
    hold.lease = setTimeout(() => this.#giveBack(runId, hold), this.#outside.leaseMs);
  }

  #giveBack(runId: string, hold: Hold): void {
    if (this.#holds.get(runId) !== hold) return;
    this.end(runId);
    this.#outside.worker.hold(runId, false);
    this.#outside.record(runId, { kind: "given-back", at: this.#outside.clock() });
  }
}

/** What is done on the page itself. */
export type HoldAct = Exclude<HoldInput, { t: "keep" | "give-back" }>;

function isAct(input: HoldInput): input is HoldAct {
  return input.t !== "keep" && input.t !== "give-back";
}

function readKey(spki: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

function isSigned(key: KeyObject, text: string, signature: string | undefined): boolean {
  return signature !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(code: "HOLD_OVER" | "FORBIDDEN" | "MESSAGE_INVALID"): HoldAnswer {
  return { v: 1, ok: false, code };
}
