import { begunWords } from "@deskhand/shared/schemas/begun-words";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { isFinal, type RunDetail, runDetail } from "@deskhand/shared/schemas/run";
import { failedStep, inReadingOrder, stepNumber } from "@deskhand/shared/schemas/run-tree";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { shortTime } from "../short-time.ts";
import { phaseOf, stepWords, whyNot } from "../watch-runs.ts";

/** `deskhand runs show RUN`: how it stands, why it failed, its steps. */
export async function showRun(wanted: string, { env, output }: CommandContext): Promise<number> {
  const runId = requireRunId(wanted);
  const { id: _, ...run } = await createApi(accessFrom(env)).get(`/runs/${runId}`, runDetail);
  output.result({ runId, status: run.state, ...run }, describe({ id: runId, ...run }));
  return 0;
}

function describe(run: RunDetail): string {
  const { artifacts, steps, state, startedAt, finishedAt, failureCode } = run;
  const failed = failedStep(run)?.index ?? run.failureStep;
  const at = failed === null ? "" : ` at step ${stepNumber(steps, failed)}`;
  const bytes = artifacts.reduce((sum, file) => sum + file.bytes, 0);
  const rows: [string, string | undefined][] = [
    ["Run", run.id],
    ["Workflow", `"${run.workflowName}", version ${run.version}`],
    ["Profile", run.profileName],
    ["Runner", `${run.runnerName}${run.runnerOnline ? "" : ", offline"}`],
    ["Of", `deployment ${run.deploymentId}`],
    ["Begun", run.begun ? begunWords(run.begun) : undefined],
    ["State", `${state}${at}${failureCode ? ` (${failureCode})` : ""}`],
    ["Why", isFinal(state) ? whyNot(run) : phaseOf(run)],
    ["Asked", shortTime(run.createdAt)],
    ["Began", startedAt === null ? undefined : shortTime(startedAt)],
    ["Ended", finishedAt === null ? undefined : shortTime(finishedAt)],
    ["Files", artifacts.length > 0 ? `${countWords(artifacts.length, "file")}, ${bytesWords(bytes)}` : "none"],
    ["Steps", steps.length > 0 ? `\n${inReadingOrder(steps).map(stepWords).join("\n")}` : "none"],
  ];
  return rows.flatMap(([name, words]) => (words ? [`${name.padEnd(10)}${words}`] : [])).join("\n");
}
