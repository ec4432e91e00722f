import { isFinal, type RunView } from "./run.ts";

type Phase = Pick<
  RunView,
  | "state"
  | "cancelRequestedAt"
  | "runnerOnline"
  | "runnerName"
  | "runnerPaused"
  | "runnerPausedByProject"
  | "runnerQuietUntil"
  | "waitsFor"
  | "profileName"
>;

/** An instant in words, in the reader's time zone. */
type TimeWords = (at: string) => string;

const holders: Record<string, string> = {
  run: "another run",
  window: "an open window",
  connect: "a connected program",
  session: "an open session",
};

/** Who has the profile that a run waits for, and since when. */
function waitWords({ waitsFor, profileName }: Pick<RunView, "waitsFor" | "profileName">, time: TimeWords): string | null {
  if (!waitsFor) return null;
  const { kind, by, since } = waitsFor;
  const holder = holders[kind] ?? "its runner";
  return `Waits for ${profileName}, which is held by ${by ? `${by} with ` : ""}${holder} since ${time(since)}.`;
}

/** What a run is doing right now, and why it waits; null when its state says it all. */
export function describePhase(run: Phase, time: TimeWords): string | null {
  if (isFinal(run.state)) return null;
  if (run.cancelRequestedAt) {
    return run.runnerOnline
      ? `${run.runnerName} was asked to stop. It finishes what it holds first.`
      : `The run stops as soon as ${run.runnerName} is back: it is offline.`;
  }
  if (!run.runnerOnline) {
    return run.state === "queued"
      ? `Waits for ${run.runnerName}, which is offline. It starts by itself when the runner is back.`
      : `${run.runnerName} is offline. It goes on without us and tells what happened when it is back.`;
  }
  if (run.state !== "running") {
    if (run.runnerPausedByProject) return `Waits: ${run.runnerName} was paused. It starts when somebody resumes the runner on its page.`;
    if (run.runnerPaused) return `Waits: ${run.runnerName} is paused. It starts when somebody runs “deskhand resume” on its computer.`;
    if (run.runnerQuietUntil) return `Waits: ${run.runnerName} has quiet hours until ${time(run.runnerQuietUntil)}.`;
  }
  const held = run.state === "running" ? null : waitWords(run, time);
  if (held) return held;
  if (run.state === "queued") return `Waits for its turn on ${run.runnerName}.`;
  if (run.state === "leased" || run.state === "accepted")
    return `${run.runnerName} has it and opens the browser as soon as there is room for one more run.`;
  return null;
}
