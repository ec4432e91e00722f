/** @jsxImportSource preact */
import { useEffect, useReducer } from "preact/hooks";
import type { PageState } from "../view.ts";
import { ApprovalsSection } from "./approvals-section.tsx";
import { BackupSection } from "./backup-section.tsx";
import { LogSection } from "./log-section.tsx";
import type { PageModel, Phase } from "./page-model.ts";
import { Badge, ErrorLine, useAsking } from "./parts.tsx";
import { PolicySection } from "./policy-section.tsx";
import { RunsSection } from "./runs-section.tsx";
import { connectionWords, DiskSection, RefusalsSection, StatusSection } from "./status-section.tsx";
import { moment } from "./words.ts";

export function App({ model }: { model: PageModel }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    model.onChange = () => redraw(0);
    void model.start();
  }, [model]);
  const { phase, state } = model;
  if (phase.kind === "locked" || !state) return <Closed phase={phase} />;
  return (
    <>
      <Top state={state} isAway={phase.kind === "away"} model={model} />
      <main>
        <Notices state={state} phase={phase} />
        <div class="columns">
          <div class="column">
            <ApprovalsSection approvals={state.approvals} model={model} />
            <RunsSection state={state} model={model} />
            <PolicySection policy={state.policy} model={model} />
            <BackupSection backup={state.backup} model={model} />
          </div>
          <div class="column">
            <StatusSection state={state} />
            <RefusalsSection refusals={state.refusals} />
            <DiskSection disk={model.disk} />
          </div>
        </div>
        <LogSection lines={model.log} />
      </main>
    </>
  );
}

function Top({ state, isAway, model }: { state: PageState; isAway: boolean; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  const { word, tone } = connectionWords[state.connection.state];
  const isPaused = state.policy.damaged === null && state.policy.paused;
  return (
    <header class="top">
      <img src="/page.svg" alt="" width="28" height="28" />
      <h1>
        {state.about.name} <span class="dim thin">on this computer</span>
      </h1>
      <span class="badges" role="status">
        {isAway ? <Badge tone="bad">Not running</Badge> : <Badge tone={tone}>{word}</Badge>}
        {isPaused && <Badge tone="warn">Paused</Badge>}
      </span>
      {state.policy.damaged === null && (
        <button
          type="button"
          class={isPaused ? "primary" : ""}
          disabled={busy || isAway}
          onClick={() => void ask(() => model.change("/api/pause", { paused: !isPaused }))}
        >
          {isPaused ? "Resume" : "Pause"}
        </button>
      )}
      {error && <ErrorLine>{error}</ErrorLine>}
    </header>
  );
}

const awayWords =
  "The server cannot be reached; the runner keeps trying. Runs under way go on, and what they leave is kept until the server is back.";

/** What keeps runs from beginning, or this page from being true, in the order of its weight. */
function Notices({ state: { policy, connection }, phase }: { state: PageState; phase: Phase }) {
  const notices: string[] = [];
  if (phase.kind === "away")
    notices.push(`${phase.message} What you see is how it was. This page comes back by itself, or says what to do.`);
  // not the words of each try: they would be read out each time
  else if (connection.state === "offline") notices.push(awayWords);
  else if (connection.words && connection.state !== "connected") notices.push(connection.words);
  if (policy.damaged === null) {
    if (policy.state === "paused" && !policy.paused) {
      notices.push("The project paused this runner: no run begins until it is resumed on the dashboard.");
    }
    if (policy.paused) notices.push("Paused: no run begins until you resume. Runs under way go on.");
    if (policy.state === "quiet") {
      notices.push(`Quiet hours: runs wait${policy.quietUntil ? ` until ${moment(Date.parse(policy.quietUntil))}` : ""}.`);
    }
  }
  return (
    <div class="notices" aria-live="polite">
      {notices.map((words) => (
        <p key={words}>{words}</p>
      ))}
    </div>
  );
}

/** Before there is anything to show, and when it may not be shown. */
function Closed({ phase }: { phase: Phase }) {
  return (
    <main class="closed">
      <img src="/page.svg" alt="" width="44" height="44" />
      <h1>Deskhand on this computer</h1>
      {phase.kind === "opening" || phase.kind === "open" ? (
        <p role="status">Opening …</p>
      ) : (
        <>
          <p role="alert">{phase.message}</p>
          <p class="dim">
            On this computer's terminal: <code>deskhand open</code>
          </p>
        </>
      )}
    </main>
  );
}
