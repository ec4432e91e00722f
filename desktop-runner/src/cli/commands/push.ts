import path from "node:path";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { CliError, usageError } from "../failure.ts";
import { choose, usualFolder } from "../files/choose.ts";
import { type Lock, readLock, sameProject, writeLock } from "../files/lock.ts";
import { projectOf } from "../files/on-server.ts";
import { type Planned, planPush, send } from "../files/plan-push.ts";
import { type TestPlace, testPlace, testVersion } from "../files/run-tests.ts";
import { listFiles, readFiles } from "../files/workflow-file.ts";
import { accessFrom } from "../settings.ts";

export type PushFlags = {
  folder?: string;
  force?: boolean;
  dryRun?: boolean;
  test?: boolean;
  profile?: string;
  runner?: string;
  input?: string[];
};

/** `deskhand push`: files that differ become new versions, new files new workflows. Nothing is sent when any of them is wrong. */
export async function push(names: readonly string[], flags: PushFlags, context: CommandContext): Promise<number> {
  const { env, output } = context;
  const folder = path.resolve(flags.folder ?? usualFolder);
  const found = listFiles(folder);
  if (found.length === 0)
    throw usageError(`There are no workflows in ${folder}.`, "Make some with `deskhand pull`, or choose with --folder.");
  if (flags.test && !flags.profile) throw usageError("It is not clear where to test.", "Give a profile: --profile NAME");
  const chosen = choose(
    found.map((file) => ({ file })),
    names,
  ).map(({ file }) => file);
  const files = readFiles(folder, chosen);
  const api = createApi(accessFrom(env));
  const lock = sameProject(readLock(folder), await projectOf(api));
  const planned = await planPush(api, lock, files, flags.force === true);
  if (!flags.dryRun && flags.test) {
    const place = await testPlace(api, env, { profile: flags.profile ?? "", runner: flags.runner, input: flags.input });
    await testFirst(folder, lock, planned, place, context);
  }
  const counts = { created: 0, changed: 0, unchanged: 0 };
  for (const each of planned) {
    const sent = flags.dryRun ? undefined : await send(api, each, false);
    if (sent) {
      lock.workflows[each.file] = { id: sent.workflowId, version: sent.hash };
      writeLock(folder, lock);
    }
    const done = each.will === "keep" ? "unchanged" : each.will === "create" || each.will === "publish" ? "created" : "changed";
    counts[done]++;
    const number = sent?.version ?? ("server" in each ? each.server.number : null);
    output.tell(
      {
        type: "file",
        file: each.file,
        workflowId: sent?.workflowId ?? each.workflowId ?? null,
        name: each.recording.title,
        version: number,
        done,
      },
      `${(flags.dryRun ? wouldBe : words)[done]}  ${each.file}${number === null ? "" : `  (version ${number})`}`,
    );
  }
  output.result(
    { folder, dryRun: flags.dryRun === true, ...counts },
    `${counts.created} new, ${counts.changed} changed, ${counts.unchanged} unchanged.`,
  );
  return 0;
}

const words = { created: "new      ", changed: "changed  ", unchanged: "unchanged" };
const wouldBe = { created: "would be new    ", changed: "would be changed", unchanged: "unchanged       " };

/** Drafts of what will change are tested; nobody else sees them. @throws CliError TEST_FAILED when any does not pass */
async function testFirst(
  folder: string,
  lock: Lock,
  planned: readonly Planned[],
  place: TestPlace,
  { output }: CommandContext,
): Promise<void> {
  const failed: string[] = [];
  for (const each of planned) {
    if (each.will === "keep" || !each.recording.tests?.length) continue;
    const draft = await send(place.api, each, true);
    each.workflowId = draft.workflowId;
    if (each.will === "create") {
      lock.workflows[each.file] = { id: draft.workflowId, version: null };
      writeLock(folder, lock);
    }
    const { file, recording } = each;
    const results = await testVersion(place, { file, recording, workflowId: draft.workflowId, version: draft.version }, undefined, output);
    if (results.some(({ passed }) => !passed)) failed.push(file);
  }
  if (failed.length === 0) return;
  throw new CliError(
    "TEST_FAILED",
    1,
    `Tests failed: ${failed.join(", ")}.`,
    "Nothing was published. Correct the workflow or its tests, then push again.",
    {
      details: { files: failed },
    },
  );
}
