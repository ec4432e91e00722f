import { isFiring, standingOf, standings } from "@deskhand/shared/schedule/standing";
import {
  type DeploymentProgress,
  type DeploymentSchedule,
  type DeploymentView,
  deploymentPage,
  deploymentProgress,
  deploymentView,
  type FiringView,
  firingPage,
} from "@deskhand/shared/schemas/deployment";
import { firingWords } from "@deskhand/shared/schemas/firing-words";
import { firingState } from "@deskhand/shared/schemas/schedule";
import { type RunnerHome, runnerHome } from "../../identity/home.ts";
import { type Api, collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";
import { readCount, requireOneOf } from "../flag-values.ts";
import { findRunner, findWorkflow, isId } from "../lookup.ts";
import { nextInstants, nextLines } from "../schedule-flags.ts";
import { askedWords, whenWords } from "../schedule-words.ts";
import { accessFrom } from "../settings.ts";
import { shortTime } from "../short-time.ts";
import { signOrder } from "../sign-order.ts";

export type ListSchedulesFlags = { state?: string; workflow?: string; runner?: string; limit?: string };
type Scheduled = DeploymentProgress & { schedule: DeploymentSchedule };

/** `deskhand schedules list` */
export async function listSchedules(flags: ListSchedulesFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 100, most: 1000 });
  const state = requireOneOf("state", flags.state, standings);
  const api = createApi(accessFrom(env));
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const workflowId = flags.workflow ? (await findWorkflow(api, flags.workflow)).id : undefined;
  const wanted = { state: state ?? "current", runnerId, workflowId };
  const items = await collect(limit, async (cursor, count) => {
    const page = await api.get("/deployments", deploymentPage, { ...wanted, cursor, limit: count });
    return { ...page, items: page.items.filter(isScheduled) };
  });
  for (const item of items) {
    const { id, schedule, workflowName, version, runnerName } = item;
    const [next] = nextOf(item, 1);
    const comes = next ? `  next: ${next}` : "";
    output.tell(
      { type: "schedule", ...facts(item) },
      `${id}  ${standingOf(schedule, Date.now()).padEnd(10)}  ${whenWords(schedule)}  ${workflowName} v${version} on ${runnerName}${comes}`,
    );
  }
  output.result({ count: items.length }, items.length === 0 ? "There are no such schedules." : undefined);
  return 0;
}

/** `deskhand schedules show DEPLOYMENT` */
export async function showSchedule(wanted: string, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const item = await findSchedule(api, wanted);
  const { items: firings } = await api.get(`/deployments/${item.id}/firings`, firingPage, { limit: 5 });
  const { id, workflowName, version, runnerName, runnerOnline, createdBy, createdAt, schedule } = item;
  const { missed, jitterSeconds, overlap, failureCode, profileIds } = schedule;
  const rows: [string, string | undefined][] = [
    ["Schedule", id],
    ["Workflow", `"${workflowName}", version ${version}`],
    ["Runner", `${runnerName}${runnerOnline ? "" : ", offline"}`],
    ["Profiles", countWords(profileIds.length, "profile")],
    ["Made", `${shortTime(createdAt)}${createdBy ? ` by ${createdBy}` : ""}`],
    ["When", whenWords(schedule)],
    ["Stands", `${standingOf(schedule, Date.now())}${failureCode ? ` (${failureCode})` : ""}`],
    ["Asked", askedWords(schedule, runnerName)],
    ["Overlap", overlap],
    ["Missed", missed.policy === "catch-up" ? `make up for at most ${missed.limit}` : missed.policy],
    ["Jitter", jitterSeconds > 0 ? countWords(jitterSeconds, "second") : undefined],
    ["Next", nextOf(item, 5).join("\n          ")],
    ["Last", firings.map(firingLine).join("\n          ") || "none of its times has come yet"],
  ];
  const lines = rows.flatMap(([name, words]) => (words ? [`${name.padEnd(10)}${words}`] : []));
  output.result({ ...facts(item), firings: firings.map(firingFacts) }, lines.join("\n"));
  return 0;
}

const asks = { pause: "to pause", resume: "to go on with", end: "to end" } as const;
type Ask = keyof typeof asks;

/** `deskhand schedules pause|resume|end DEPLOYMENT`: asks its runner, which does it when it is there. */
export async function changeSchedule(wanted: string, asked: Ask, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const item = await findSchedule(api, wanted);
  if (item.schedule.removedAt) throw usageError("This schedule has ended.", "Deploy it again: `deskhand deploy --workflow NAME --cron …`.");
  const { schedule } = await ask(api, runnerHome(env), item, asked);
  const { id, runnerId, runnerName, runnerOnline, workflowName } = item;
  const later = runnerOnline ? "" : " It is offline, and does so when it is back.";
  const begun = asked === "resume" ? "" : " What has begun goes on.";
  output.result(
    { deploymentId: id, asked, runnerId, runnerName, runnerOnline, schedule },
    // one whose runner is not the project's any more has ended at once
    schedule?.removedAt
      ? `The schedule of "${workflowName}" has ended.${begun}`
      : `Asked of ${runnerName}: ${asks[asked]} "${workflowName}".${later}${begun}`,
  );
  return 0;
}

async function ask(api: Api, home: RunnerHome, { id, runnerId }: Scheduled, asked: Ask): Promise<DeploymentView> {
  const order = { deploymentId: id };
  if (asked === "end") {
    const signed = await signOrder(api, home, runnerId, "schedule.remove", order);
    return api.delete(`/deployments/${id}/schedule`, signed, deploymentView);
  }
  const paused = asked === "pause";
  const signed = await signOrder(api, home, runnerId, "schedule.pause", { ...order, paused });
  return api.post(`/deployments/${id}/schedule/pause`, { paused, ...signed }, deploymentView);
}

export type FiringsFlags = { state?: string; limit?: string };

/** `deskhand schedules firings DEPLOYMENT` */
export async function listFirings(wanted: string, flags: FiringsFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 20, most: 1000 });
  const wantedState = requireOneOf("state", flags.state, firingState.options);
  const api = createApi(accessFrom(env));
  const { id } = await findSchedule(api, wanted);
  // few of them may be in that state
  const firings = await collect(limit, async (cursor) => {
    const page = await api.get(`/deployments/${id}/firings`, firingPage, { cursor, limit: 100 });
    return { ...page, items: page.items.filter(({ state }) => !wantedState || state === wantedState) };
  });
  for (const firing of firings) output.tell({ type: "firing", ...firingFacts(firing) }, firingLine(firing));
  output.result({ deploymentId: id, count: firings.length }, firings.length === 0 ? "There are no such times yet." : undefined);
  return 0;
}

function firingLine(firing: FiringView): string {
  const { runIds } = firing;
  const runs = runIds.length > 1 ? `  ${runIds.length} runs` : runIds.map((id) => `  run ${id}`).join("");
  return `${shortTime(firing.dueAt)}  ${firingWords(firing)}${runs}`;
}

function firingFacts({ id, ...firing }: FiringView): Record<string, unknown> {
  return { firingId: id, ...firing };
}

/** `nextAt`: its next times, as instants; none for one that only something else begins. */
function facts({ id, ...item }: Scheduled): Record<string, unknown> {
  const { schedule } = item;
  const next = isFiring(schedule, Date.now()) ? nextInstants(schedule, installedAt(item)) : [];
  const nextAt = next.map((at) => new Date(at).toISOString());
  return { deploymentId: id, status: standingOf(schedule, Date.now()), kind: schedule.when.kind, nextAt, ...item };
}

/** What comes of it, in lines; nothing does of what is paused, failed or over. */
function nextOf(item: Scheduled, count: number): string[] {
  return isFiring(item.schedule, Date.now()) ? nextLines(item.schedule, installedAt(item), count) : [];
}

function installedAt({ schedule, createdAt }: Pick<Scheduled, "schedule" | "createdAt">): number {
  return Date.parse(schedule.installedAt ?? createdAt);
}

function isScheduled(item: DeploymentProgress): item is Scheduled {
  return item.schedule !== null;
}

/** As it is named by its id, or by its workflow where that has only one that is not done or ended. */
export async function findScheduleOf(api: Api, wanted: string): Promise<Scheduled> {
  if (isId(wanted)) return findSchedule(api, wanted);
  const { id: workflowId, name } = await findWorkflow(api, wanted);
  const { items } = await api.get("/deployments", deploymentPage, { workflowId, state: "current", limit: 20 });
  const [first, second] = items.filter(isScheduled);
  if (!first) throw usageError(`"${name}" has no schedule or trigger.`, "`deskhand deploy --cron` and the like make one.");
  if (!second) return first;
  const which = items.filter(isScheduled).map((item) => `${item.id} (${whenWords(item.schedule)})`);
  throw usageError(`"${name}" has more than one schedule or trigger.`, `Give the id of the one you mean: ${which.join(", ")}`);
}

async function findSchedule(api: Api, wanted: string): Promise<Scheduled> {
  const help = "`deskhand schedules list` lists them with their ids.";
  if (!isId(wanted)) throw usageError(`"${wanted}" is not a deployment's id.`, help);
  const item = await api.get(`/deployments/${wanted.toLowerCase()}/progress`, deploymentProgress);
  if (!isScheduled(item)) throw usageError("This deployment ran once: it has no schedule.", help);
  return item;
}
