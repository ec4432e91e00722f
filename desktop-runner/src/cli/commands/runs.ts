import { commandState, runPage } from "@deskhand/shared/schemas/run";
import { collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { findProfile, findRunner, findWorkflow } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

export type RunsFlags = { state?: string; workflow?: string; profile?: string; runner?: string; limit?: string };

const states: readonly string[] = [...commandState.options, "active"];

/** `deskhand runs`: lists runs, newest first. */
export async function runs(flags: RunsFlags, { env, output }: CommandContext): Promise<number> {
  const limit = Number(flags.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw usageError("--limit must be a whole number from 1 to 1000.", "For example: --limit 50");
  if (flags.state && !states.includes(flags.state))
    throw usageError(`"${flags.state}" is not a state.`, `It is one of: ${states.join(", ")}.`);
  const api = createApi(accessFrom(env));
  const runner = flags.runner ? await findRunner(api, flags.runner) : undefined;
  const workflow = flags.workflow ? await findWorkflow(api, flags.workflow) : undefined;
  const profile = flags.profile ? await findProfile(api, flags.profile, runner?.id) : undefined;
  const filters = { state: flags.state, runnerId: runner?.id, workflowId: workflow?.id, profileId: profile?.id };
  const items = await collect(limit, (cursor, size) => api.get("/runs", runPage, { ...filters, cursor, limit: size }));
  for (const { id, ...run } of items) {
    const failure = run.failureCode ? `  ${run.failureCode}` : "";
    output.tell(
      { type: "run", runId: id, status: run.state, ...run },
      `${id}  ${run.state.padEnd(9)}  ${run.createdAt.slice(0, 19).replace("T", " ")}  ${run.workflowName} v${run.version} on ${run.profileName} (${run.runnerName})${failure}`,
    );
  }
  output.result({ count: items.length }, items.length === 0 ? "There are no such runs." : undefined);
  return 0;
}
