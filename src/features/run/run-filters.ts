import { commandState } from "@deskhand/shared/schemas/run";
import * as z from "zod";

const stateFilter = z.enum(["active", ...commandState.options]);
export type StateFilter = z.infer<typeof stateFilter>;

export type RunFilters = { state?: StateFilter; workflowId?: string; profileId?: string; runnerId?: string; deploymentId?: string };

const keys = { state: "state", workflowId: "workflow", profileId: "profile", runnerId: "runner", deploymentId: "deployment" } as const;
export type RunFilterKey = keyof typeof keys;

/** Reads the filters of a runs address; what cannot be understood is left out rather than shown as an error. */
export function readRunFilters(search: { get(name: string): string | null }): RunFilters {
  const filters: RunFilters = {};
  const state = stateFilter.safeParse(search.get(keys.state));
  if (state.success) filters.state = state.data;
  for (const key of ["workflowId", "profileId", "runnerId", "deploymentId"] as const) {
    const id = z.uuid().safeParse(search.get(keys[key]));
    if (id.success) filters[key] = id.data;
  }
  return filters;
}

/** The address of the runs list with these filters. */
export function runsAddress(filters: RunFilters): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(keys) as RunFilterKey[]) {
    const value = filters[key];
    if (value) search.set(keys[key], value);
  }
  const text = search.toString();
  return text ? `/dashboard/runs?${text}` : "/dashboard/runs";
}
