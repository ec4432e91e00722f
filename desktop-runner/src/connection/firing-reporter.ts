import { receipt } from "@deskhand/shared/protocol/commands";
import { FIRINGS_PER_REPORT, RUNS_PER_REPORT } from "@deskhand/shared/protocol/firings";
import type { ScheduleTable } from "../schedules/schedule-table.ts";
import { RepeatedReport } from "./repeated-report.ts";

/** How long the server may take to store a report, milliseconds. */
const answerMs = 15_000;

/** Tells the server what schedules began by themselves; what becomes of those runs is told from then on, by `onTold`. */
export function reportFirings(table: ScheduleTable, onTold: () => void): RepeatedReport {
  return new RepeatedReport({
    async tell(link) {
      const firings = table.toTell(FIRINGS_PER_REPORT, RUNS_PER_REPORT);
      if (firings.length === 0) return false;
      const answer = await link.request("firing-report", { v: 1, firings }, receipt, answerMs);
      if (!answer.ok) throw new Error(answer.code);
      table.markTold(firings.map(({ id }) => id));
      onTold();
      return true;
    },
  });
}
