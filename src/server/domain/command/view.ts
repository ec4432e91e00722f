import { isTaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { Causer, CommandView } from "@deskhand/shared/schemas/command";
import type { Command, CommandTransition } from "@/server/generated/prisma/client";

export type CommandRow = Command & {
  transitions: CommandTransition[];
  run: { profile: { name: string }; workflowVersion: { workflow: { name: string } } } | null;
};

/** Names of people, keys, runners and profiles by their ids. */
export type Names = ReadonlyMap<string, string>;

export function viewCommand(row: CommandRow, names: Names): CommandView {
  const profileId = profileOf(row);
  return {
    id: row.id,
    runnerId: row.runnerId,
    kind: row.kind,
    state: row.state,
    failureCode: row.failureCode,
    attempts: row.attempts,
    runId: row.runId,
    workflowName: row.run?.workflowVersion.workflow.name ?? null,
    profileName: row.run?.profile.name ?? (profileId ? (names.get(profileId) ?? null) : null),
    requestedBy: viewCauser(row.transitions[0]?.actor ?? "system", names),
    cancelRequestedAt: row.cancelRequestedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    deadlineAt: row.deadlineAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    history: row.transitions.map(({ at, from, to, actor, reason }) => ({
      at: at.toISOString(),
      from,
      to,
      by: viewCauser(actor, names),
      reason,
    })),
  };
}

/** The profile that a command of its own is about; a run's profile comes with the run. */
export function profileOf(row: Pick<Command, "kind" | "payload">): string | undefined {
  return isTaskKind(row.kind) ? (row.payload as { profileId?: string }).profileId : undefined;
}

/** Whose names a view of these needs. The actor of a history is written by `actorName`. */
export function idsOfActors(rows: Pick<CommandRow, "transitions">[]): Record<"user" | "apiKey" | "runner", string[]> {
  const ids = { user: new Set<string>(), apiKey: new Set<string>(), runner: new Set<string>() };
  for (const { actor } of rows.flatMap(({ transitions }) => transitions)) {
    const [kind = "", id] = actor.split(":");
    if (id && (kind === "user" || kind === "apiKey" || kind === "runner")) ids[kind].add(id);
  }
  return { user: [...ids.user], apiKey: [...ids.apiKey], runner: [...ids.runner] };
}

function viewCauser(actor: string, names: Names): Causer {
  const [kind, id] = actor.split(":");
  if (!id || (kind !== "user" && kind !== "apiKey" && kind !== "runner")) return { kind: "system", name: null };
  return { kind, name: names.get(id) ?? null };
}
