import { isFinal, type LogLine, runDetail, runLogView } from "@deskhand/shared/schemas/run";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { CliError } from "../failure.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

export type LogsFlags = { follow?: boolean };

/** A run that rests is asked for new lines this often, seconds; one that moves, after each change. */
const restSeconds = 3;

/** `deskhand logs RUN`: the run's log, read from its runner; with --follow until the run is over. */
export async function logs(run: string, flags: LogsFlags, { env, output }: CommandContext): Promise<number> {
  const runId = requireRunId(run);
  const api = createApi(accessFrom(env));
  let { state, revision, steps } = await api.get(`/runs/${runId}`, runDetail);
  const tell = (line: LogLine) => {
    const step = line.step === null ? "" : ` step ${steps[line.step]?.number || line.step + 1}`;
    output.tell({ type: "log", ...line }, `${line.at.slice(11, 23)} ${line.level.padEnd(5)}${step}  ${line.message}`);
  };
  let after = 0;
  let lines = 0;
  for (;;) {
    const read = await readAfter(api, runId, after, flags.follow === true && !isFinal(state));
    for (const line of read.lines) {
      tell(line);
      after = line.seq;
      lines++;
    }
    if (read.more && read.lines.length > 0) continue;
    // the state was asked before the log: what came between is read once more
    if (!flags.follow || isFinal(state)) break;
    ({ state, revision, steps } = await api.get(`/runs/${runId}`, runDetail, { after: revision, wait: restSeconds }));
  }
  output.result({ runId, status: state, lines }, flags.follow ? `Run ${runId} is ${state}.` : undefined);
  return flags.follow && state !== "succeeded" ? 1 : 0;
}

async function readAfter(api: Api, runId: string, after: number, maybeLater: boolean) {
  try {
    return await api.get(`/runs/${runId}/log`, runLogView, { after });
  } catch (error) {
    // a run that waits has no log yet, and its runner may be away for a moment
    const passing = error instanceof CliError && ["ARTIFACT_GONE", "RUNNER_OFFLINE", "RUNNER_TIMEOUT", "NOT_FOUND"].includes(error.code);
    if (maybeLater && passing) return { lines: [], more: false };
    throw error;
  }
}
