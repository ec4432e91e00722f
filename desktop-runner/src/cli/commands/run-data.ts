import { type ResultFormat, resultFormats, writeResult } from "@deskhand/shared/formats/write-result";
import { isFinal, runDetail } from "@deskhand/shared/schemas/run";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { requireOneOf } from "../flag-values.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

export type RunDataFlags = { format?: string; value?: string; exact?: boolean };

/** `deskhand runs data RUN`: what a run read, from its runner at the moment of asking. */
export async function runData(run: string, flags: RunDataFlags, { env, output }: CommandContext): Promise<number> {
  const runId = requireRunId(run);
  const format = requireOneOf("format", flags.format, resultFormats) ?? "json";
  const api = createApi(accessFrom(env));
  const { artifacts, state } = await api.get(`/runs/${runId}`, runDetail);
  const artifact = artifacts.findLast(({ type }) => type === "result");
  if (!artifact) {
    throw usageError(
      isFinal(state) ? "This run read no data." : `This run is ${state}: its data is there when it has ended.`,
      "A workflow reads data with an extract step.",
    );
  }
  const content: unknown = JSON.parse(await api.text(`/artifacts/${artifact.id}/content`));
  const text = writeResult(chosen(content, flags.value, format), format, flags.exact);
  // with --json the file is one field, so that what is printed stays one object a line
  if (output.json) output.result({ runId, format, content: text });
  else output.print(text);
  return 0;
}

/** The named value; without a name, a table is meant where there is only one. */
function chosen(content: unknown, name: string | undefined, format: ResultFormat): unknown {
  const named = typeof content === "object" && content !== null && !Array.isArray(content) ? Object.entries(content) : [];
  if (name === undefined) return named.length === 1 && format !== "json" ? named[0]?.[1] : content;
  const found = named.find(([key]) => key === name);
  if (found) return found[1];
  throw usageError(
    `The run read nothing called "${name}".`,
    `It read: ${named.map(([key]) => key).join(", ") || "one value without a name"}.`,
  );
}
