import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { WorkerRunEvent } from "../worker/messages.ts";

/** What a worker tells, as the server is told it: states, sizes, hashes and codes, no words and no data. Undefined for what has another way. */
export function toRunEvent(event: WorkerRunEvent, now: number): RunEvent | undefined {
  switch (event.kind) {
    case "started":
      return { kind: "started", at: now };
    case "step-started":
      return { kind: "step-started", at: whole(event.at), index: event.index };
    case "step-finished":
      return {
        kind: "step-finished",
        at: whole(event.at),
        index: event.index,
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
    case "finished":
      return { kind: "finished", at: now, state: event.status, failureCode: event.code ?? null, failureStep: event.step ?? null };
    case "log":
    case "refused":
    case "closing":
      return undefined;
  }
}

/** The protocol has whole milliseconds; a clock that was set back during a step must not make an event unreadable. */
function whole(value: number): number {
  return Math.max(0, Math.round(value));
}
