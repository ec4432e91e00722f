/** @jsxImportSource preact */
import type { PageRun, PageState } from "../view.ts";
import type { PageModel } from "./page-model.ts";
import { Ago, Badge, ConfirmButton, Empty, ErrorLine, Section, type Tone, useAsking, useNow } from "./parts.tsx";
import { span } from "./words.ts";

const states: Record<PageRun["state"], { word: string; tone: Tone }> = {
  running: { word: "Running", tone: "busy" },
  waiting: { word: "Waiting", tone: "calm" },
  succeeded: { word: "Succeeded", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "calm" },
};

/** Runs under way, those that wait, and those that ended lately. */
export function RunsSection({ state, model }: { state: PageState; model: PageModel }) {
  const { runs, policy } = state;
  const why =
    policy.damaged !== null
      ? undefined
      : policy.state === "paused"
        ? "the runner is paused"
        : policy.state === "quiet"
          ? "it is quiet hours"
          : undefined;
  return (
    <Section id="runs" title="Runs" note="Now and lately, as this computer knows them.">
      {runs.length === 0 ? (
        <Empty>No run yet. What is deployed to this runner appears here.</Empty>
      ) : (
        <ul class="list">
          {runs.map((run) => (
            <Run key={run.runId} run={run} why={why} model={model} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Run({ run, why, model }: { run: PageRun; why: string | undefined; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  const { runId, state, failure } = run;
  const { word, tone } = states[state];
  const name = run.workflow || "A workflow";
  const isOver = state !== "running" && state !== "waiting";
  return (
    <li class="run">
      <div class="line">
        <div class="grow">
          <h3>{name}</h3>
          <p class="dim facts">
            <span>{run.profile || `Profile ${run.profileId.slice(0, 8)}`}</span>
            <Took run={run} />
            <span>
              <Ago at={run.endedAt ?? run.startedAt ?? run.acceptedAt} />
            </span>
          </p>
        </div>
        <Badge tone={tone}>{run.isCancelling ? "Stopping" : word}</Badge>
        {!isOver && (
          <ConfirmButton
            label="Cancel"
            name={`Cancel ${name}`}
            sure="Cancel the run"
            disabled={busy || run.isCancelling}
            onSure={() => void ask(() => model.change("/api/runs/cancel", { runId }))}
          />
        )}
      </div>
      {state === "waiting" && why && <p class="dim">It waits because {why}.</p>}
      {failure && (
        <p class={state === "failed" ? "" : "dim"} title={failure.code}>
          {failure.title}
        </p>
      )}
      {error && <ErrorLine>{error}</ErrorLine>}
    </li>
  );
}

function Took({ run: { startedAt, endedAt, state } }: { run: PageRun }) {
  const now = useNow(state === "running" ? 1_000 : 3_600_000);
  return startedAt === null ? null : <span>{span((endedAt ?? now) - startedAt)}</span>;
}
