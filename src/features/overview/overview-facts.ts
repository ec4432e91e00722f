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

export type Task = {
  title: string;
  description: string;
  /** The button that does it; null for somebody who may not. */
  action: { label: string; href: string } | null;
  done: boolean;
};

type State = {
  runners: number;
  pendingRunners: number;
  profiles: number;
  firstWorkflowId: string | null;
  runs: number;
  /** May the person add and accept runners? */
  mayManageRunners: boolean;
};

/** What a new project needs before its first run, in order. */
export function gettingStarted(state: State): Task[] {
  return [
    connectRunner(state),
    {
      title: "Create a profile",
      description: "An isolated browser identity on that runner, with its own cookies and sign-ins.",
      action: { label: "Create a profile", href: "/dashboard/profiles" },
      done: state.profiles > 0,
    },
    {
      title: "Add a workflow",
      description: "Record what you do on a page, or build it step by step.",
      action: { label: "Add a workflow", href: "/dashboard/workflows/new" },
      done: state.firstWorkflowId !== null,
    },
    {
      title: "Run it",
      description: "Deploy the workflow and watch it happen on your own machine.",
      action: {
        label: "Deploy",
        href: state.firstWorkflowId ? `/dashboard/workflows/${state.firstWorkflowId}?deploy=1` : "/dashboard/workflows",
      },
      done: state.runs > 0,
    },
  ];
}

function connectRunner({ runners, pendingRunners, mayManageRunners }: State): Task {
  const waits = pendingRunners > 0 && runners === 0;
  const title = waits ? "Accept your runner" : "Connect a runner";
  const done = runners > 0;
  if (!mayManageRunners) {
    const description = `An owner or admin of the project ${waits ? "accepts the runner that asks to join" : "connects the computer that does the work"}.`;
    return { title: waits ? "Wait for your runner" : title, description, action: null, done };
  }
  return waits
    ? {
        title,
        description: "A runner asks to be let in. Compare its fingerprint and accept it.",
        action: { label: "Review runner", href: "/dashboard/runners" },
        done,
      }
    : {
        title,
        description: "The program on your own computer that holds the browser profiles and does the work.",
        action: { label: "Add a runner", href: "/dashboard/runners?add" },
        done,
      };
}
