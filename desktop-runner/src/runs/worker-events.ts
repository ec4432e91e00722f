import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { WorkerRunEvent } from "../worker/messages.ts";

/**
 * What a run has of the places for runs that are under way: one of its own; one that it is about to leave, which the next may have already; or
 * none, while it waits for a person, which may take hours.
 */
export type Place = "taken" | "leaving" | "none";

/** What a run's event makes of its place; undefined when that stays. */
export function placeAfter({ kind }: Pick<WorkerRunEvent, "kind">): Place | undefined {
  if (kind === "closing") return "leaving";
  if (kind === "waiting") return "none";
  return kind === "resumed" ? "taken" : undefined;
}

/** What a worker tells, as the server is told it: states, sizes, hashes and codes, no words and no data. Undefined for what has another way. */
export function toRunEvent(event: WorkerRunEvent, now: number): RunEvent | undefined {
  switch (event.kind) {
    case "started":
      return { kind: "started", at: now };
    case "step-started":
      return { kind: "step-started", at: whole(event.at), index: event.index, turn: event.turn };
    case "step-finished":
      return {
        kind: "step-finished",
        at: whole(event.at),
        index: event.index,
        ...(event.turn !== undefined && event.turn > 0 && { turn: event.turn }),
        state: event.status,
        durationMs: whole(event.durationMs),
        failureCode: event.code ?? null,
      };
    case "artifact":
      return {
        kind: "artifact",
        at: now,
        id: event.id,
        type: event.type,
        name: event.name.slice(0, 200) || event.type,
        stepIndex: event.step,
        bytes: event.bytes,
        sha256: event.sha256,
        contentType: event.contentType.slice(0, 100),
      };
    case "profile-saved":
      return { kind: "profile-saved", at: whole(event.at), bytes: event.bytes };
    case "waiting":
      return { kind: "waiting", at: whole(event.at), index: event.index, reason: event.reason, until: whole(event.until) };
    case "resumed":
      return { kind: "resumed", at: whole(event.at) };
    case "finished":
      return { kind: "finished", at: now, state: event.status, failureCode: event.code ?? null, failureStep: event.step ?? null };
    case "proxy-used":
      return { kind: "proxy-used", at: whole(event.at), proxyId: event.proxyId, bytesSent: event.sent, bytesReceived: event.received };
    case "proxy-exit": {
      const { at, proxyId, exit, latencyMs, mismatch } = event;
      return { kind: "proxy-exit", at: whole(at), proxyId, exit, latencyMs, mismatch: mismatch?.slice(0, 300) ?? null };
    }
    case "proxy-failed":
      return { kind: "proxy-failed", at: whole(event.at), proxyId: event.proxyId, failureCode: event.code };
    case "log":
    case "profile-flags":
    case "profile-restored":
    case "refused":
    case "closing":
      return undefined;
  }
}

/** The protocol has whole milliseconds; a clock that was set back during a step must not make an event unreadable. */
function whole(value: number): number {
  return Math.max(0, Math.round(value));
}
