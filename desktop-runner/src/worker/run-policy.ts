import { describeRefusal } from "@deskhand/shared/schemas/refusal-words";
import type { Frame, Request } from "playwright-core";
import type { PreparedContext } from "../browser/browser-shard.ts";
import type { NetworkPolicy, RefusalReason } from "../policy/network-policy.ts";
import { targetOf } from "../policy/rules.ts";
import type { ProxyFailure } from "../policy/upstream/proxy-failure.ts";
import type { RunHalt } from "../workflow/run-halt.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import type { NetworkWay } from "../workflow/step-scope.ts";
import type { WorkerRunEvent } from "./messages.ts";
import type { DownloadRules } from "./page-watch.ts";
import type { RunLog } from "./run-log.ts";

/** The policy as one run meets it, and what it refused in it. */
export type RunPolicy = {
  /** Takes the place of the one before, at once. */
  set(policy: NetworkPolicy): void;
  downloads: DownloadRules;
  /** Bytes that may be taken from the network at once, by a request of a step too. */
  maxBytes(): number;
  /** Records what the run ends of. */
  refused(reason: RefusalReason): void;
  /** @throws StepFailure POLICY_DENIED, which is recorded */
  allow(what: "code" | "files"): void;
  /** Opens the context's way out, as far as the policy lets it. A page that is refused to the run's own window ends the run. */
  guard(prepared: PreparedContext, run: { log: RunLog; abort(why: RunHalt): void; step(): number | null }): NetworkWay;
  /** Tells what was not told yet. */
  finish(): void;
};

/** Refusals of the same kind are told together, after this long, milliseconds; the first at once. */
const tellEveryMs = 1_000;
/** Different refusals that one run tells of; a page may ask for any number of hosts. */
const tellAtMost = 60;
const others: RefusalReason = { kind: "host", rule: "more than are listed", subject: "other hosts" };

type Tally = { reason: RefusalReason; waiting: number };

export function createRunPolicy(initial: NetworkPolicy, send: (event: WorkerRunEvent) => void): RunPolicy {
  let policy = initial;
  let apply: ((policy: NetworkPolicy) => void) | undefined;
  let run: { log: RunLog; step(): number | null } | undefined;
  /** Downloads that were broken off and have not ended yet. */
  let broken = 0;
  let timer: NodeJS.Timeout | undefined;
  const tallies = new Map<string, Tally>();

  function record(reason: RefusalReason, fatal = false): void {
    const full = tallies.size >= tellAtMost && !fatal;
    const known = tallies.get(keyOf(reason)) ?? (full ? tallies.get(keyOf(others)) : undefined);
    if (known && !fatal) {
      known.waiting++;
      timer ??= setTimeout(tell, tellEveryMs).unref();
      return;
    }
    const told = full ? others : reason;
    // a connection is counted where it is refused: that the run ends of it is no second time
    const count = known ? known.waiting : 1;
    tallies.set(keyOf(told), { reason: told, waiting: 0 });
    send({ kind: "refused", at: Date.now(), reason: told, count, fatal });
    const { title, whatToDo } = describeRefusal(told);
    if (!known) run?.log.write(run.step(), "warn", title);
    if (fatal) run?.log.write(run.step(), "warn", whatToDo);
  }

  function tell(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const tally of tallies.values()) {
      if (tally.waiting === 0) continue;
      send({ kind: "refused", at: Date.now(), reason: tally.reason, count: tally.waiting, fatal: false });
      tally.waiting = 0;
    }
  }

  const maxBytes = () => policy.maxDownload.bytes;
  const downloads: DownloadRules = {
    refuse: (size) => {
      const { bytes, by } = policy.maxDownload;
      // one that was too large may have come whole before it could be broken off
      const wasBroken = broken > 0;
      if (size === null ? !wasBroken : size <= bytes) return false;
      if (wasBroken) broken--;
      const rule = `max-download ${bytes} bytes${by === "server" ? " (set by the project)" : ""}`;
      record({ kind: "download", rule, subject: "a download" });
      return true;
    },
  };

  return {
    downloads,
    maxBytes,
    refused: (reason) => record(reason, true),
    allow: (what) => {
      if (policy[what] && !policy.damaged) return;
      const refusal: RefusalReason = { kind: what, rule: `${what} off`, subject: "a workflow" };
      record(refusal, true);
      throw new StepFailure("POLICY_DENIED", { refusal });
    },
    set: (next) => {
      policy = next;
      apply?.(next);
    },
    guard: (prepared, { log, abort, step }) => {
      const { context, page, gate } = prepared;
      run = { log, step };
      gate.onRefusal = (reason) => record(reason);
      apply = (next) => gate.setPolicy(next);
      apply(policy);
      prepared.downloads.limit(maxBytes, () => broken++);
      let ofPopUp: RefusalReason | undefined;
      const deny = (refusal: RefusalReason): StepFailure => {
        record(refusal, true);
        return new StepFailure("POLICY_DENIED", { refusal });
      };
      const onFailed = (request: Request) => {
        const refusal = refusalOfWindow(request, prepared);
        if (!refusal) return;
        if (frameOf(request)?.page() === page) abort(deny(refusal));
        else ofPopUp = refusal;
      };
      context.on("requestfailed", onFailed);
      return {
        refuse: (address) => {
          const target = targetOf(address);
          if (target === null) return undefined;
          if (!("host" in target)) {
            return deny({ kind: "scheme", rule: "only web pages are opened", subject: target.scheme });
          }
          const refusal = gate.judge(target);
          return refusal && deny(refusal);
        },
        afterFailure: (address) => {
          const target = targetOf(address);
          if (!target || !("host" in target)) return {};
          const refusal = gate.refusalOf(target);
          const ofProxy = gate.proxyFailureOf(target);
          const asStepFailure = (failure: ProxyFailure | undefined) => failure && new StepFailure(failure.code, { reason: failure.reason });
          return {
            refusal: refusal ? deny(refusal) : asStepFailure(ofProxy),
            trouble: gate.troubleOf(target),
            late: asStepFailure(gate.way?.lateFailureOf(target)),
            proxyMs: gate.way?.tookFor(target),
          };
        },
        // a pop-up that may be an advertisement ends nothing by itself; a step that needs it does
        explain: (failure) => (failure.code === "TARGET_NOT_FOUND" && ofPopUp ? deny(ofPopUp) : failure),
      };
    },
    finish: () => {
      tell();
      run = undefined;
    },
  };
}

/** Why a window's own page could not be opened, when the policy refused it; a redirect's last stop counts. */
function refusalOfWindow(request: Request, { gate }: PreparedContext): RefusalReason | undefined {
  if (!request.isNavigationRequest() || frameOf(request)?.parentFrame()) return undefined;
  const target = targetOf(request.url());
  return target && "host" in target ? gate.refusalOf(target) : undefined;
}

/** Undefined for the first page of a pop-up, which is asked for before there is a frame. */
function frameOf(request: Request): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

function keyOf({ kind, rule, subject }: RefusalReason): string {
  return `${kind} ${subject} ${rule}`;
}
