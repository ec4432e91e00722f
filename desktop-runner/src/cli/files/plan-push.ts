import { workflowVersionView, workflowView } from "@deskhand/shared/schemas/workflow";
import type { Api } from "../api.ts";
import { CliError } from "../failure.ts";
import type { Lock } from "./lock.ts";
import { isSame, latestOn, type ServerVersion } from "./on-server.ts";
import type { WorkflowFile } from "./workflow-file.ts";

/** What a push is about to do with a file. */
export type Planned = WorkflowFile & { workflowId: string | undefined } & (
    | { will: "create" | "publish" }
    | { will: "change" | "keep" | "overwrite"; server: ServerVersion }
  );

/**
 * Looks at the server before anything is sent. @throws CliError WORKFLOW_MOVED_ON (`details.files`) for files whose workflow is another
 * by now or is gone, unless `force`
 */
export async function planPush(api: Api, lock: Lock, files: readonly WorkflowFile[], force: boolean): Promise<Planned[]> {
  const planned: Planned[] = [];
  const moved: { file: string; version: number | null }[] = [];
  for (const each of files) {
    const known = lock.workflows[each.file];
    const server = known && (await latestOn(api, known.id));
    if (!known) planned.push({ ...each, workflowId: undefined, will: "create" });
    else if (!server && known.version === null) planned.push({ ...each, workflowId: known.id, will: "publish" });
    else if (!server) {
      if (force) planned.push({ ...each, workflowId: undefined, will: "create" });
      else moved.push({ file: each.file, version: null });
    } else if (isSame(server, each.hash)) planned.push({ ...each, workflowId: known.id, will: "keep", server });
    else if (server.hash === known.version) planned.push({ ...each, workflowId: known.id, will: "change", server });
    else if (force) planned.push({ ...each, workflowId: known.id, will: "overwrite", server });
    else moved.push({ file: each.file, version: server.number });
  }
  if (moved.length === 0) return planned;
  const list = moved.map(({ file, version }) => (version === null ? `${file} (deleted there)` : `${file} (version ${version} there)`));
  throw new CliError(
    "WORKFLOW_MOVED_ON",
    3,
    `The server has moved on: ${list.join(", ")}.`,
    "`deskhand diff` shows what differs. Put your changes aside, `deskhand pull`, and make them again; or push with --force. Nothing was sent.",
    { details: { files: moved } },
  );
}

export type Sent = { workflowId: string; version: number; hash: string };

/** Sends one file, as a draft or for everybody. @throws CliError WORKFLOW_MOVED_ON when somebody was quicker */
export async function send(api: Api, planned: Planned, draft: boolean): Promise<Sent> {
  const { workflowId, recording, hash } = planned;
  if (planned.will === "keep") return { workflowId: workflowId ?? "", version: planned.server.number, hash: planned.server.hash };
  const body = { recording: JSON.stringify(recording), draft };
  if (workflowId === undefined) {
    const made = await api.post("/workflows", body, workflowView);
    return { workflowId: made.id, version: made.latestVersion, hash };
  }
  const basedOn = planned.will === "change" ? { basedOn: planned.server.hash } : {};
  const made = await api.post(`/workflows/${workflowId}/versions`, { ...body, ...basedOn }, workflowVersionView);
  return { workflowId, version: made.number, hash: made.contentHash };
}
