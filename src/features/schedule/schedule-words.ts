import { isTrigger, type Schedule } from "@deskhand/shared/schemas/schedule";

export const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** When it runs: “Monday and Friday at 09:30, Europe/Berlin”. */
export function scheduleWords({ when }: Pick<Schedule, "when">): string {
  switch (when.kind) {
    case "start":
      return "Each time that the runner starts";
    case "webhook":
      return `When a signed message comes, at most ${when.perHour === 1 ? "once" : `${when.perHour} times`} an hour`;
    case "after":
      return `When another workflow ${endings[when.on]}`;
    case "once":
      return `Once, ${timeWords(Date.parse(when.at))}`;
    case "every":
      return everyWords(when.minutes);
    case "cron":
      return `${cronWords(when.cron)}, ${when.timeZone}`;
  }
}

export const overlapWords = { skip: "Pass this time over", queue: "Begin after it", "cancel-old": "End it and begin" } as const;
export const missedWords = { skip: "Pass them over", "run-once": "Run once for all of them", "catch-up": "Make up for them" } as const;
export const ruleNames = { overlap: "When the last one still runs", missed: "Times at which the computer was off or asleep" } as const;

/** What is done when its times come together, pass or come at once with others: a line for each rule that means something for it. */
export function ruleWords({ when, jitterSeconds, overlap, missed }: Schedule): string[] {
  const lines = when.kind === "once" ? [] : [`${ruleNames.overlap}: ${overlapWords[overlap].toLowerCase()}`];
  if (isTrigger(when)) return lines;
  const most = missed.policy === "catch-up" ? `, at most ${missed.limit}` : "";
  lines.push(`${ruleNames.missed}: ${missedWords[missed.policy].toLowerCase()}${most}`);
  if (jitterSeconds > 0) lines.push(`Begins up to ${jitterSeconds} ${jitterSeconds === 1 ? "second" : "seconds"} later`);
  return lines;
}

export const endings = { success: "has succeeded", failure: "has failed", either: "has ended" } as const;

function everyWords(minutes: number): string {
  const units = [
    [24 * 60, "day"],
    [60, "hour"],
    [1, "minute"],
  ] as const;
  const [size, unit] = units.find(([one]) => minutes % one === 0) ?? [1, "minute"];
  const count = minutes / size;
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}

/** Words for the common forms; others as they are. */
function cronWords(cron: string): string {
  const [, minute, hour, days = ""] = /^(\d+) (\d+) \* \* (\*|[0-6](?:-[0-6])?(?:,[0-6])*)$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined) return `By “${cron}”`;
  const time = `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (days === "*") return `Each day ${time}`;
  if (days === "1-5") return `Monday to Friday ${time}`;
  if (days.includes("-")) return `By “${cron}”`;
  const names = days.split(",").map((day) => weekdays[Number(day)] ?? day);
  return `${new Intl.ListFormat("en").format(names)} ${time}`;
}

/** A time on this browser's clock, or on that of a zone. */
export function timeWords(at: number, timeZone?: string): string {
  const format = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...format, ...(timeZone ? { timeZone } : {}) }).format(at);
}
