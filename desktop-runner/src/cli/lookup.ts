import { type ProfileView, profilePage } from "@deskhand/shared/schemas/profile";
import { type RunnerView, runnerList } from "@deskhand/shared/schemas/runner";
import { type WorkflowView, workflowPage } from "@deskhand/shared/schemas/workflow";
import { type Api, collect } from "./api.ts";
import { usageError } from "./failure.ts";

export const isId = (text: string) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
const most = 1000;

/** The one with this id or name; the name as it is written wins over one that differs in case. */
function pick<T extends { id: string; name: string }>(items: T[], wanted: string): T[] {
  if (isId(wanted)) return items.filter(({ id }) => id === wanted.toLowerCase());
  const exact = items.filter(({ name }) => name === wanted);
  return exact.length > 0 ? exact : items.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
}

function one<T extends { id: string; name: string }>(noun: string, wanted: string, found: T[], describe: (item: T) => string): T {
  const [first, second] = found;
  if (!first) throw usageError(`There is no ${noun} called "${wanted}".`, `Check the name on the dashboard; an id works as well.`);
  if (second) {
    throw usageError(
      `There is more than one ${noun} called "${wanted}".`,
      `Give the id of the one you mean: ${found.map((item) => `${item.id} (${describe(item)})`).join(", ")}`,
    );
  }
  return first;
}

export async function findRunner(api: Api, wanted: string): Promise<RunnerView> {
  const { items } = await api.get("/runners", runnerList);
  const found = pick(items, wanted);
  const accepted = found.filter(({ status }) => status === "accepted");
  return one("runner", wanted, accepted.length > 0 ? accepted : found, ({ status }) => status);
}

/** On `runnerId` when it is given, else wherever it is the only one of that name. */
export async function findProfile(api: Api, wanted: string, runnerId?: string): Promise<ProfileView> {
  const search = isId(wanted) ? undefined : wanted;
  const items = await collect(most, (cursor, limit) => api.get("/profiles", profilePage, { search, runnerId, cursor, limit }));
  return one("profile", wanted, pick(items, wanted), ({ runnerName }) => `on ${runnerName}`);
}

export async function findWorkflow(api: Api, wanted: string): Promise<WorkflowView> {
  return one("workflow", wanted, pick(await listWorkflows(api, isId(wanted) ? undefined : wanted), wanted), ({ createdAt }) => createdAt);
}

/** The newest workflow of exactly this name. */
export async function workflowNamed(api: Api, name: string): Promise<WorkflowView | undefined> {
  return (await listWorkflows(api, name)).find((workflow) => workflow.name === name);
}

function listWorkflows(api: Api, search: string | undefined): Promise<WorkflowView[]> {
  return collect(most, (cursor, limit) => api.get("/workflows", workflowPage, { search, cursor, limit }));
}

/** A run is named by its id only. */
export function requireRunId(text: string): string {
  if (!isId(text)) throw usageError(`"${text}" is not a run's id.`, "`deskhand runs` lists runs with their ids.");
  return text.toLowerCase();
}
