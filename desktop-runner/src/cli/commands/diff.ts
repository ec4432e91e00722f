import path from "node:path";
import { type ComparedStep, changedParts, type DiffLine, diffSteps } from "@deskhand/shared/schemas/diff-steps";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { choose, usualFolder } from "../files/choose.ts";
import { readLock, sameProject } from "../files/lock.ts";
import { isSame, latestOn, projectOf, type ServerVersion } from "../files/on-server.ts";
import { listFiles, readFiles, type WorkflowFile } from "../files/workflow-file.ts";
import { accessFrom } from "../settings.ts";

export type DiffFlags = { folder?: string; exitCode?: boolean };

/** `deskhand diff`: what a push would change, step by step. With --exit-code it ends with 1 when anything differs. */
export async function diff(names: readonly string[], flags: DiffFlags, { env, output }: CommandContext): Promise<number> {
  const folder = path.resolve(flags.folder ?? usualFolder);
  const chosen = choose(
    listFiles(folder).map((file) => ({ file })),
    names,
  );
  const files = readFiles(
    folder,
    chosen.map(({ file }) => file),
  );
  const api = createApi(accessFrom(env));
  const lock = sameProject(readLock(folder), await projectOf(api));
  let different = 0;
  for (const each of files) {
    const known = lock.workflows[each.file];
    const server = known && (await latestOn(api, known.id));
    if (server && isSame(server, each.hash)) continue;
    different++;
    const { file } = each;
    if (!server) {
      const status = known && known.version !== null ? "gone" : "new";
      output.tell(
        { type: "diff", file, workflowId: known?.id ?? null, status },
        `${file}  (${status === "new" ? "new" : "deleted on the server"})`,
      );
    } else {
      const status = server.hash === known.version ? "changed" : "moved-on";
      const lines = diffSteps(server.recording, each.recording).filter(({ kind }) => kind !== "same");
      const parts = changedParts(server.recording, each.recording);
      const steps = lines.map(({ kind, before, after }) => ({ kind, before: brief(before), after: brief(after) }));
      const record = { type: "diff", file, workflowId: known.id, status, version: server.number, steps, parts };
      output.tell(record, words(each, server, { status, lines, parts }));
    }
  }
  output.result({ folder, different, same: files.length - different }, different === 0 ? "Nothing differs." : undefined);
  return different > 0 && flags.exitCode ? 1 : 0;
}

const brief = (step: ComparedStep | null) => step && { number: step.number, ...step.label, step: JSON.parse(step.json) as unknown };

const marks = { added: "+", removed: "-", changed: "~", same: " " };

function words({ file }: WorkflowFile, server: ServerVersion, told: { status: string; lines: DiffLine[]; parts: string[] }): string {
  const note = told.status === "moved-on" ? "; the server has moved on since it was pulled" : "";
  return [
    `${file}  (against version ${server.number}${note})`,
    ...told.lines.flatMap(({ kind, before, after }) => [
      `  ${marks[kind]} ${sentence(after ?? before)}`,
      ...(kind === "changed" ? jsonLines(before, after) : []),
    ]),
    ...told.parts.map((part) => `  ~ ${part}`),
  ].join("\n");
}

function sentence(step: ComparedStep | null): string {
  if (!step) return "";
  const { verb, target, detail } = step.label;
  return `${"  ".repeat(step.depth)}${step.number}. ${verb}${target && ` · ${target}`}${detail && ` ${detail}`}`;
}

/** The lines of a step's JSON that are on one side only. */
function jsonLines(before: ComparedStep | null, after: ComparedStep | null): string[] {
  const [old, now] = [before, after].map((step) => (step?.json ?? "").split("\n").map((line) => line.trim().replace(/,$/, "")));
  const only = (mark: string, lines: string[] = [], others: string[] = []) =>
    lines.filter((line) => !others.includes(line)).map((line) => `      ${mark} ${line}`);
  return [...only("-", old, now), ...only("+", now, old)];
}
