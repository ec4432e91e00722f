import path from "node:path";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { choose, usualFolder } from "../files/choose.ts";
import { readLock, sameProject, writeLock } from "../files/lock.ts";
import { isSame, latestOn, projectOf } from "../files/on-server.ts";
import { send } from "../files/plan-push.ts";
import { type TestResult, testPlace, testVersion } from "../files/run-tests.ts";
import { listFiles, readFiles } from "../files/workflow-file.ts";
import { accessFrom } from "../settings.ts";

export type TestFlags = { folder?: string; profile?: string; runner?: string; input?: string[]; only?: string[] };

/**
 * `deskhand test`: runs the files' own tests on a profile. What the server does not have yet goes there as a draft, which is nobody's
 * latest version. Ends with 1 when any fails.
 */
export async function test(names: readonly string[], flags: TestFlags, { env, output }: CommandContext): Promise<number> {
  if (!flags.profile) throw usageError("It is not clear where to test.", "Give a profile: --profile NAME");
  const folder = path.resolve(flags.folder ?? usualFolder);
  const found = listFiles(folder).map((file) => ({ file }));
  const files = readFiles(
    folder,
    choose(found, names).map(({ file }) => file),
  );
  const tested = files.filter(({ recording }) => recording.tests?.some(({ name }) => !flags.only || flags.only.includes(name)));
  if (tested.length === 0) throw usageError("There is nothing to test.", 'A workflow\'s tests are in its file, under "tests".');
  const api = createApi(accessFrom(env));
  const lock = sameProject(readLock(folder), await projectOf(api));
  const place = await testPlace(api, env, { profile: flags.profile, runner: flags.runner, input: flags.input });
  const results: TestResult[] = [];
  for (const each of tested) {
    const known = lock.workflows[each.file];
    const server = known && (await latestOn(api, known.id));
    const planned = server && isSame(server, each.hash) ? { ...each, workflowId: known.id, will: "keep" as const, server } : undefined;
    const isThere = known && (server || known.version === null);
    const sent = await send(
      api,
      planned ?? { ...each, workflowId: isThere ? known.id : undefined, will: isThere ? "publish" : "create" },
      true,
    );
    if (!known) {
      lock.workflows[each.file] = { id: sent.workflowId, version: null };
      writeLock(folder, lock);
    }
    const { file, recording } = each;
    results.push(
      ...(await testVersion(place, { file, recording, workflowId: sent.workflowId, version: sent.version }, flags.only, output)),
    );
  }
  const failed = results.filter(({ passed }) => !passed).length;
  output.result({ passed: results.length - failed, failed }, `${results.length - failed} passed, ${failed} failed.`);
  return failed > 0 ? 1 : 0;
}
