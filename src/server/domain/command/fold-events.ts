import type { RunEvent } from "@deskhand/shared/protocol/run-events";

type EventOf<Kind extends RunEvent["kind"]> = Extract<RunEvent, { kind: Kind }>;

/** How the runner's times become the server's; nothing happened before the run was made, or after now. */
export type ClockCorrection = { offsetMs: number; earliest: Date; latest: Date };

export type RunFacts = {
  startedAt?: Date;
  steps: { index: number; state: string; startedAt: Date; durationMs: number | null; failureCode: string | null; turns: number }[];
  artifacts: {
    id: string;
    type: string;
    name: string;
    stepIndex: number | null;
    bytes: number;
    sha256: string;
    contentType: string;
    createdAt: Date;
  }[];
  profileSaved?: { at: Date; bytes: number };
  /** Who has its page from here on; null for nobody. */
  hold?: { holdId: string; heldAt: Date } | null;
  /** What it needs a person for from here on; null when it needs none. */
  waiting?: Waiting | null;
  finished?: { at: Date; state: EventOf<"finished">["state"]; failureCode: string | null; failureStep: number | null };
};

type Waiting = { waitingSince: Date; waitingUntil: Date; waitingReason: string; waitingStep: number };

/** The largest number that the database's integer column holds. */
const MAX_INT = 2_147_483_647;

/** What a list of events says when they are taken together, in times of the server's clock. The first start and the first end count. */
export function foldEvents(events: readonly RunEvent[], clock: ClockCorrection): RunFacts {
  const facts: RunFacts = { steps: [], artifacts: [] };
  const steps = new Map<number, RunFacts["steps"][number]>();
  for (const event of events) {
    const at = correct(event.at, clock);
    switch (event.kind) {
      case "started":
        facts.startedAt ??= at;
        break;
      case "step-started":
        steps.set(event.index, {
          index: event.index,
          state: "running",
          startedAt: at,
          durationMs: null,
          failureCode: null,
          turns: event.turn ?? 1,
        });
        break;
      case "step-finished": {
        const durationMs = Math.min(event.durationMs, MAX_INT);
        steps.set(event.index, {
          index: event.index,
          state: event.state,
          startedAt: steps.get(event.index)?.startedAt ?? correct(event.at - durationMs, clock),
          durationMs,
          failureCode: event.failureCode,
          turns: event.turn ?? steps.get(event.index)?.turns ?? (event.state === "skipped" ? 0 : 1),
        });
        break;
      }
      case "artifact":
        facts.artifacts.push({
          id: event.id,
          type: event.type,
          name: printable(event.name) || event.type,
          stepIndex: event.stepIndex,
          bytes: Math.min(event.bytes, MAX_INT),
          sha256: event.sha256,
          contentType: printable(event.contentType),
          createdAt: at,
        });
        break;
      case "profile-saved":
        facts.profileSaved = { at, bytes: Math.min(event.bytes, MAX_INT) };
        break;
      case "held":
        facts.hold = { holdId: event.commandId, heldAt: at };
        break;
      case "given-back":
        facts.hold = null;
        break;
      case "waiting": {
        const { index: waitingStep, reason: waitingReason } = event;
        const waitingUntil = new Date(at.getTime() + Math.max(0, event.until - event.at));
        facts.waiting = { waitingSince: at, waitingUntil, waitingReason, waitingStep };
        break;
      }
      case "resumed":
        facts.waiting = null;
        break;
      case "finished":
        facts.hold = null;
        facts.waiting = null;
        facts.finished ??= { at, state: event.state, failureCode: event.failureCode, failureStep: event.failureStep };
    }
  }
  facts.steps = [...steps.values()];
  return facts;
}

function correct(at: number, { offsetMs, earliest, latest }: ClockCorrection): Date {
  return new Date(Math.max(earliest.getTime(), Math.min(latest.getTime(), at + offsetMs)));
}

/** PostgreSQL's text cannot hold NUL, and names end up in headers. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "");
}
