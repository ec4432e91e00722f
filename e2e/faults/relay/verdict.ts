import { existsSync } from "node:fs";
import path from "node:path";
import { isFinal } from "@deskhand/shared/schemas/run";
import type { Db } from "@/server/db";
import { mayChange } from "@/server/domain/command/rules";
import { Journal } from "../../../desktop-runner/src/journal/journal.ts";
import type { Source, Wanted } from "./commands.ts";

export type Verdict = {
  commands: number;
  /** Not done though it was said, given up for no reason that the suite knows, or without an end. */
  lost: number;
  /** Done more than once. */
  doubled: number;
  /** How many ended as what. */
  ends: Record<string, number>;
  /** Runs that were under way when their runner or worker was killed, and of those the ones whose effect was done. */
  interrupted: number;
  interruptedAfterActing: number;
  /** What is wrong, in words; the first hundred. */
  wrongs: string[];
};

/** What the kill of a runner or of its worker makes of a run that is under way: it is told, and never done again. */
const interruptions = ["RUNNER_RESTARTED", "WORKER_CRASHED"];

/** Compares what was wanted, what was done (counted by the effects alone) and what the product says. */
export async function judge(source: Source, effects: readonly string[]): Promise<Verdict> {
  const done = new Map<string, number>();
  for (const subject of effects) done.set(subject, (done.get(subject) ?? 0) + 1);
  const rows = await readCommands(source.db);
  const verdict: Verdict = {
    commands: source.wanted.length,
    lost: 0,
    doubled: 0,
    ends: {},
    interrupted: 0,
    interruptedAfterActing: 0,
    wrongs: [],
  };
  const wrong = (words: string) => verdict.wrongs.length < 100 && verdict.wrongs.push(words);

  for (const wanted of source.wanted) {
    const row = rows.get(wanted.subject);
    const times = wanted.kind === "run" ? (done.get(wanted.subject) ?? 0) : isDeleted(wanted) ? 1 : 0;
    const end = row ? `${row.state}${row.failureCode ? ` ${row.failureCode}` : ""}` : "unknown to the server";
    verdict.ends[end] = (verdict.ends[end] ?? 0) + 1;
    if (times > 1) {
      verdict.doubled += 1;
      wrong(`${wanted.subject} was done ${times} times and ended as ${end}`);
    }
    const reason = whyLost(wanted, row, times);
    if (reason) {
      verdict.lost += 1;
      wrong(`${wanted.subject}: ${reason}`);
    }
    if (row && interruptions.includes(row.failureCode ?? "")) {
      verdict.interrupted += 1;
      verdict.interruptedAfterActing += times;
    }
    for (const words of historyWrongs(row)) wrong(`${wanted.subject}: ${words}`);
  }
  const known = new Set(source.wanted.map(({ subject }) => subject));
  const strangers = [...done.keys()].filter((subject) => !known.has(subject));
  if (strangers.length > 0) wrong(`${strangers.length} effects were wanted by nobody`);
  for (const { folder, runnerId } of source.lanes) {
    const journal = new Journal(folder.home.journalFile);
    const left = journal.counts();
    if (Object.values(left).some((count) => count > 0)) wrong(`the journal of ${runnerId} still holds ${JSON.stringify(left)}`);
    if (!journal.isWhole()) wrong(`the journal of ${runnerId} is broken`);
    journal.close();
    const { status } = await source.db.runner.findUniqueOrThrow({ where: { id: runnerId } });
    if (status !== "accepted") wrong(`${runnerId} is ${status}`);
  }
  return verdict;
}

type Row = Awaited<ReturnType<typeof readCommands>> extends Map<string, infer R> ? R : never;

async function readCommands(db: Db) {
  const commands = await db.command.findMany({
    include: { transitions: { orderBy: { id: "asc" } }, run: { select: { state: true } } },
  });
  return new Map(commands.map((row) => [row.runId ?? String((row.payload as { profileId?: string }).profileId), row]));
}

const isDeleted = ({ subject, lane }: Wanted) => !existsSync(path.join(lane.folder.home.profilesFolder, subject));

function whyLost(wanted: Wanted, row: Row | undefined, times: number): string | undefined {
  if (!row) return "the server does not know it";
  const { state, failureCode } = row;
  if (!isFinal(state)) return `it has no end: ${state}`;
  if (state === "succeeded") return times === 0 ? "it succeeded and was not done" : undefined;
  if (state === "cancelled" && row.cancelRequestedAt) return undefined;
  if (state === "expired" && wanted.mayExpire) return times === 0 ? undefined : "it expired and was done";
  if (state === "failed" && wanted.kind === "run" && interruptions.includes(failureCode ?? "")) return undefined;
  return `it ended as ${state} ${failureCode} for no reason`;
}

function historyWrongs(row: Row | undefined): string[] {
  if (!row) return [];
  const wrongs: string[] = [];
  if (row.run && row.run.state !== row.state) wrongs.push(`the run is ${row.run.state} and its command ${row.state}`);
  let state: Row["state"] | null = null;
  for (const { from, to, reason } of row.transitions) {
    // a note on what changed no state
    if (from === to && to === state && reason) continue;
    if (from !== state || (from ? !mayChange(from, to) : to !== "queued"))
      wrongs.push(`its history goes from ${state} by ${from} to ${to}`);
    state = to;
  }
  if (state !== row.state) wrongs.push(`its history ends as ${state}, and it is ${row.state}`);
  return wrongs;
}
