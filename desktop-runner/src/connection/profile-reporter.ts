import { receipt } from "@deskhand/shared/protocol/commands";
import { PROFILES_PER_REPORT } from "@deskhand/shared/protocol/profile-report";
import type { ProfileTable } from "../profiles/profile-table.ts";
import { RepeatedReport } from "./repeated-report.ts";

/** How long the server may take to store a report, milliseconds. */
const answerMs = 15_000;

/** Keeps the server told of what changes of this runner's profiles, each change until it is stored there. */
export function reportProfiles(table: ProfileTable): RepeatedReport {
  return new RepeatedReport({
    async tell(link) {
      const { profiles, upTo } = table.toReport(PROFILES_PER_REPORT);
      if (profiles.length === 0) return false;
      const answer = await link.request("profile-report", { v: 1, profiles }, receipt, answerMs);
      // an older server that takes none: it is told when a newer one is there
      if (!answer.ok && answer.code === "MESSAGE_INVALID") return false;
      if (!answer.ok) throw new Error(answer.code);
      table.markReported(upTo);
      return profiles.length === PROFILES_PER_REPORT;
    },
  });
}
