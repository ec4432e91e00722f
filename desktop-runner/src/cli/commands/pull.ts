import { existsSync } from "node:fs";
import path from "node:path";
import { workflowPage } from "@deskhand/shared/schemas/workflow";
import { collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { CliError } from "../failure.ts";
import { choose, usualFolder } from "../files/choose.ts";
import { readLock, sameProject, writeLock } from "../files/lock.ts";
import { isSame, latestOn, projectOf, type ServerVersion } from "../files/on-server.ts";
import { fileNameFor, listFiles, readFile, type WorkflowFile, writeFile } from "../files/workflow-file.ts";
import { accessFrom } from "../settings.ts";

export type PullFlags = { folder?: string; force?: boolean };
type Done = "new" | "updated" | "unchanged" | "changed here" | "conflict";

const most = 10_000;

/** `deskhand pull`: the server's workflows as files. What was changed here is not written over. */
export async function pull(names: readonly string[], flags: PullFlags, { env, output }: CommandContext): Promise<number> {
  const access = accessFrom(env);
  const api = createApi(access);
  const folder = path.resolve(flags.folder ?? usualFolder);
  const lock = sameProject(readLock(folder), await projectOf(api));
  const fileOf = new Map(Object.entries(lock.workflows).map(([file, { id }]) => [id, file]));
  const workflows = await collect(most, (cursor, limit) => api.get("/workflows", workflowPage, { cursor, limit }));
  const items = workflows.map(({ id, name }) => ({ id, name, file: fileOf.get(id) }));
  const taken = new Set([...listFiles(folder), ...fileOf.values()]);
  const conflicts: string[] = [];
  const counts = { written: 0, unchanged: 0 };
  for (const { id, name, file: known } of choose(items, names).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const server = await latestOn(api, id);
    if (!server) continue;
    const file = known ?? fileNameFor(name, taken);
    taken.add(file);
    const local = existsSync(path.join(folder, file)) ? readFile(folder, file) : undefined;
    const done = decide(local, server, lock.workflows[file]?.version, flags.force === true);
    if (done === "new" || done === "updated") {
      const before = local && "recording" in local ? local : undefined;
      writeFile(folder, file, server.recording, { serverUrl: access.serverUrl, before });
      counts.written++;
    } else if (done === "conflict") conflicts.push(file);
    else counts.unchanged++;
    // a file that was changed here goes on from the version that it was made from
    if (done !== "changed here" && done !== "conflict") {
      lock.workflows[file] = { id, version: server.hash };
      writeLock(folder, lock);
    }
    output.tell(
      { type: "file", file, workflowId: id, name, version: server.number, done },
      `${words[done]}  ${file}  (version ${server.number})`,
    );
  }
  if (conflicts.length > 0) {
    throw new CliError(
      "CHANGED_HERE",
      3,
      `Changed here and on the server: ${conflicts.join(", ")}.`,
      "`deskhand diff` shows what differs. Pull with --force to give up what is here, or push with --force to save over what is there.",
      { details: { files: conflicts } },
    );
  }
  output.result({ folder, ...counts }, `${counts.written} written, ${counts.unchanged} unchanged, in ${folder}.`);
  return 0;
}

function decide(
  local: ReturnType<typeof readFile> | undefined,
  server: ServerVersion,
  base: string | null | undefined,
  force: boolean,
): Done {
  if (!local) return "new";
  if (!("recording" in local)) return force ? "updated" : "conflict";
  if (isSame(server, local.hash)) return "unchanged";
  if (force || isUntouched(local, base)) return "updated";
  return server.hash === base ? "changed here" : "conflict";
}

function isUntouched({ hash }: WorkflowFile, base: string | null | undefined): boolean {
  return hash === base;
}

const words: Record<Done, string> = {
  new: "new         ",
  updated: "updated     ",
  unchanged: "unchanged   ",
  "changed here": "changed here",
  conflict: "conflict    ",
};
