import path from "node:path";
import type { ProxyCandidate } from "../proxies/proxy-desk.ts";
import type { RunOrder } from "../worker/messages.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { RunManagerOptions } from "./run-manager-options.ts";

type Given = Pick<RunManagerOptions, "services" | "artifacts" | "limits" | "policy">;

/** What the worker is told to do; `startedAt` in milliseconds since the epoch. */
export function orderOf(run: PreparedRun, given: Given, startedAt: number, proxies: ProxyCandidate[]): RunOrder {
  const { services, artifacts, limits, policy } = given;
  const { settings } = services.profiles.get(run.profileId);
  const profileDir = path.join(services.home.profilesFolder, run.profileId);
  const artifactsDir = artifacts.runFolder(run.runId);
  const memoryDir = path.join(services.home.folder, "selectors");
  return { type: "run", ...run, settings, profileDir, artifactsDir, memoryDir, startedAt, limits, policy: policy.network, proxies };
}
