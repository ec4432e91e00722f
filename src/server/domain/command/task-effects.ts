import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { manyResult, openedResult } from "@deskhand/shared/protocol/tasks";
import { profileSettings } from "@deskhand/shared/schemas/profile-settings";
import * as z from "zod";
import type { Context } from "@/server/context";
import type { Query } from "@/server/db";
import { noteMismatches } from "@/server/domain/profile/note-mismatches";
import { putBackProfiles } from "@/server/domain/profile/put-back-profiles";
import { endCopies } from "@/server/domain/profile/settle-copies";
import { hintProfiles } from "@/server/domain/profile/tell-profiles";
import { completeMove, failMove } from "@/server/domain/profile-move/end-move";
import { holdMove } from "@/server/domain/profile-move/held-move";
import { forgetListener } from "@/server/domain/proxy/forget-listener";
import { recordFindings } from "@/server/domain/proxy/record-findings";
import type { Signal } from "@/server/signals";
import { askedToDelete } from "./end-untold.ts";

export type EndedTask = {
  id: string;
  projectId: string;
  runnerId: string;
  /** The profile that its payload names. */
  profileId: string | null;
  state: "succeeded" | "failed" | "cancelled";
  failureCode: string | null;
  result: Record<string, unknown> | undefined;
  /** When the runner's word of it came. */
  at: Date;
};

/**
 * What the end of a task that its runner told changes besides its command, in the same transaction; and who is told of it. What follows
 * from an end that it did not tell is in end-untold.ts, what follows from any in change-state.ts.
 */
export type TaskEffect = (query: Query, task: EndedTask, ctx: Context) => Promise<Signal[]> | Signal[];

const profileChanged: TaskEffect = (_query, { projectId, profileId }) =>
  profileId ? [{ kind: "change", projectId, topic: "profile", id: profileId }] : [];

/** The file has been taken in, or never will be; and a bundle's settings are the profile's unless somebody has changed them since. */
const imported: TaskEffect = async (query, task, ctx) => {
  await query(`delete from "Parcel" where id = (select (payload ->> 'parcelId')::uuid from "Command" where id = $1::uuid)`, task.id);
  const told = importedSettings.safeParse(task.result);
  if (task.state === "succeeded" && task.profileId && told.success) {
    const { settings, revision } = told.data;
    await query(
      `update "Profile" set settings = $2::jsonb, revision = $3::int
       where id = $1::uuid and "runnerId" = $4::uuid and revision = $3::int - 1`,
      task.profileId,
      JSON.stringify(settings),
      revision,
      task.runnerId,
    );
  }
  return profileChanged(query, task, ctx);
};
const importedSettings = z.object({ settings: profileSettings, revision: z.number().int().min(1) });

/** It is on its way, and what becomes of it the other runner tells; or it stays. */
const movedOut: TaskEffect = async (query, { id, state, failureCode }, ctx) => {
  const move = state === "succeeded" ? undefined : await holdMove(query, { outCommandId: id });
  // once the other one has been asked, its word counts
  if (move?.state !== "sending") return [];
  return failMove(query, ctx, move, { isCancelled: state === "cancelled", failureCode });
};

const movedIn: TaskEffect = async (query, { id, state, failureCode, result }, ctx) => {
  const move = await holdMove(query, { inCommandId: id });
  if (!move) return [];
  if (state === "succeeded") return completeMove(query, ctx, move, result);
  return failMove(query, ctx, move, { isCancelled: state === "cancelled", failureCode });
};

/** What the runner did not delete is there again. What was to end for good stays out of sight. */
const deleted: TaskEffect = async (query, task, ctx) => {
  if (task.state === "succeeded") return profileChanged(query, task, ctx);
  const asked = await askedToDelete(query, task.id);
  if (!asked) return [];
  const { projectId, runnerId, id: commandId, failureCode } = task;
  const ids = manyResult.safeParse(task.result).data?.failed ?? asked;
  return putBackProfiles(query, ctx, { projectId, runnerId, commandId, ids, failureCode });
};

/** Opened, or not: that a proxy's exit kept it from sites is told, as it is of runs. */
const opened: TaskEffect = async (query, task, ctx) => {
  const { projectId, runnerId, profileId, state, failureCode, at } = task;
  if (state === "succeeded") return profileChanged(query, task, ctx);
  const each = profileId ? [{ id: profileId, code: failureCode }] : (openedResult.safeParse(task.result).data?.failed ?? []);
  const ids = each.filter(({ code }) => code === "PROXY_MISMATCH").map(({ id }) => id);
  await noteMismatches(query, { projectId, runnerId, ids, at });
  return profileId ? profileChanged(query, task, ctx) : hintProfiles(projectId, ids);
};

/** By the kind of the command; nothing but the command changes for kinds that are not here. */
export const taskEffects: Partial<Record<TaskKind, TaskEffect>> = {
  "profile.delete": deleted,
  "profiles.delete": deleted,
  "profile.clone": (query, task, ctx) => endCopies(query, ctx, task),
  "profile.restore": profileChanged,
  "proxy.check": recordFindings,
  "proxy.configure": (query, { id, state }) => (state === "succeeded" ? [] : forgetListener(query, id)),
  "profile.move-out": movedOut,
  "profile.move-in": movedIn,
  "profile.claim": movedIn,
  "profile.open": opened,
  "profiles.open": opened,
  "profile.close": profileChanged,
  "profile.restore-state": profileChanged,
  "profile.import": imported,
  "profile.export": profileChanged,
};
