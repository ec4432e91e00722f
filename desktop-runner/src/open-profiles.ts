import { ConnectHost } from "./connect/connect-host.ts";
import { reportProfiles } from "./connection/profile-reporter.ts";
import type { RepeatedReport } from "./connection/repeated-report.ts";
import type { RunnerHome } from "./identity/home.ts";
import type { Journal } from "./journal/journal.ts";
import type { RefusalEntry } from "./journal/refusal-log.ts";
import type { PolicyKeeper } from "./policy/policy-keeper.ts";
import { ProfileSessions, type ProfileSessionsOptions } from "./profiles/profile-sessions.ts";
import { ProfileTable } from "./profiles/profile-table.ts";
import { ProxyDesk } from "./proxies/proxy-desk.ts";

type Options = {
  home: RunnerHome;
  journal: Journal;
  policy: PolicyKeeper;
  worker: ProfileSessionsOptions["worker"];
  capacity: ProfileSessionsOptions["capacity"];
  hibernateAfterMs: number | undefined;
  unseal(armored: string): Promise<string>;
  onRefusal(entry: RefusalEntry): void;
  onProblem(what: string, error: unknown): void;
};

/** What the runner knows of its profiles, the ways out that they have, and who else than a run has them open. */
export type ProfileParts = {
  readonly table: ProfileTable;
  readonly report: RepeatedReport;
  readonly proxies: ProxyDesk;
  readonly connections: ConnectHost;
  readonly sessions: ProfileSessions;
};

export function openProfiles({ home, journal, policy, unseal, onRefusal, onProblem, ...options }: Options): ProfileParts {
  const table = new ProfileTable(journal);
  const report = reportProfiles(table);
  table.onChange = () => report.changed();
  const proxies = new ProxyDesk({ journal, unseal, clock: Date.now });
  const common = { home, profiles: table, proxies, onRefusal };
  const sessions = new ProfileSessions({ ...common, ...options, policy });
  const connections = new ConnectHost({ ...common, policy: () => policy.network, sessions, onProblem });
  return { table, report, proxies, connections, sessions };
}
