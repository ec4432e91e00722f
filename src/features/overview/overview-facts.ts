import { isFinal, type RunView } from "@deskhand/shared/schemas/run";

type SuccessRate = { succeeded: number; ended: number };

/**
 * How many of the runs that ended after `since` (ms since the epoch) succeeded. Cancelled ones do not count: a person wanted that.
 */
export function successRate(runs: readonly Pick<RunView, "state" | "finishedAt">[], since: number): SuccessRate {
  const ended = runs.filter(
    (run) => isFinal(run.state) && run.state !== "cancelled" && run.finishedAt !== null && Date.parse(run.finishedAt) >= since,
  );
  return { succeeded: ended.filter((run) => run.state === "succeeded").length, ended: ended.length };
}

/** Whole percents that never claim 100 while something failed. */
export function percent({ succeeded, ended }: SuccessRate): string {
  if (ended === 0) return "–";
  const exact = (succeeded / ended) * 100;
  return `${succeeded < ended ? Math.min(99, Math.round(exact)) : 100} %`;
}

export type Task = { title: string; description: string; action: string; href: string; done: boolean };

type State = {
  runners: number;
  pendingRunners: number;
  profiles: number;
  firstWorkflowId: string | null;
  runs: number;
};

/** What a new project needs before its first run, in order. */
export function gettingStarted(state: State): Task[] {
  const connected = state.runners > 0;
  return [
    {
      title: state.pendingRunners > 0 && !connected ? "Accept your runner" : "Connect a runner",
      description:
        state.pendingRunners > 0 && !connected
          ? "A runner asks to be let in. Compare its fingerprint and accept it."
          : "The program on your own computer that holds the browser profiles and does the work.",
      action: state.pendingRunners > 0 && !connected ? "Review runner" : "Add a runner",
      href: "/dashboard/runners",
      done: connected,
    },
    {
      title: "Create a profile",
      description: "An isolated browser identity on that runner, with its own cookies and sign-ins.",
      action: "Create a profile",
      href: "/dashboard/profiles",
      done: state.profiles > 0,
    },
    {
      title: "Add a workflow",
      description: "Record what you do in Chrome and drop the exported JSON here.",
      action: "Add a workflow",
      href: "/dashboard/workflows/new",
      done: state.firstWorkflowId !== null,
    },
    {
      title: "Run it",
      description: "Deploy the workflow and watch it happen on your own machine.",
      action: "Deploy",
      href: state.firstWorkflowId ? `/dashboard/workflows/${state.firstWorkflowId}?deploy=1` : "/dashboard/workflows",
      done: state.runs > 0,
    },
  ];
}
