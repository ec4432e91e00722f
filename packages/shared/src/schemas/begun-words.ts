import type { RunDetail } from "./run.ts";

type Begun = NonNullable<RunDetail["begun"]>;

const byItself: Record<Begun["when"], string> = {
  cron: "By its schedule",
  every: "By its schedule",
  once: "By its schedule",
  start: "When its runner started",
  webhook: "By a message",
  after: "After another workflow",
};

/** What began a run of a deployment that runs by itself, or who. */
export function begunWords({ when, byHand, userName }: Begun): string {
  if (!byHand) return byItself[when];
  const noun = when === "webhook" || when === "after" ? "trigger" : "schedule";
  return `By hand from its ${noun}${userName ? `, by ${userName}` : ""}`;
}
