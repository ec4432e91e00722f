import { commandState, runPage } from "@deskhand/shared/schemas/run";
import { collectUpTo, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { readCount, requireOneOf } from "../flag-values.ts";
import { listed } from "../listed.ts";
import { findProfile, findRunner, findWorkflow } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { shortTime } from "../short-time.ts";

export type RunsFlags = { state?: string; workflow?: string; profile?: string; runner?: string; limit?: string };

const states = [...commandState.options, "active"] as const;

/** `deskhand runs`: lists runs, newest first. */
export async function runs(flags: RunsFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 20, most: 1000 });
  const state = requireOneOf("state", flags.state, states);
  const api = createApi(accessFrom(env));
  const runner = flags.runner ? await findRunner(api, flags.runner) : undefined;
  const workflow = flags.workflow ? await findWorkflow(api, flags.workflow) : undefined;
  const profile = flags.profile ? await findProfile(api, flags.profile, runner?.id) : undefined;
  const filters = { state, runnerId: runner?.id, workflowId: workflow?.id, profileId: profile?.id };
  const found = await collectUpTo(limit, (cursor, size) => api.get("/runs", runPage, { ...filters, cursor, limit: size }));
  for (const { id, ...run } of found.items) {
    const failure = run.failureCode ? `  ${run.failureCode}` : "";
    output.tell(
      { type: "run", runId: id, status: run.state, ...run },
      `${id}  ${run.state.padEnd(9)}  ${shortTime(run.createdAt)}  ${run.workflowName} v${run.version} on ${run.profileName} (${run.runnerName})${failure}`,
    );
  }
  output.result(...listed("runs", found));
  return 0;
}
