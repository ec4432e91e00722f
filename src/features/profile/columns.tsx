import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { ProfileSort } from "@deskhand/shared/schemas/profile-filter";
import type { ReactNode } from "react";
import { RunStateBadge, StatusBadge, StatusDot, type Tone } from "@/components/status-badge";
import { plainTime } from "@/components/time-ago";
import classes from "./profile-row.module.css";

export type ColumnName = "state" | "tags" | "group" | "runner" | "network" | "engine" | "saved" | "size" | "run" | "created" | "notes";
type Column = {
  label: string;
  width: string;
  sort?: ProfileSort;
  /** Text that is not what one looks for. */
  dim?: boolean;
  /**
   * Plain elements and no hook: while one scrolls, dozens of these are made in each frame. Links are followed by the table.
   * `now` is the page's clock, milliseconds since the epoch.
   */
  show: (profile: ProfileView, now: number) => ReactNode;
};

const states: Record<ProfileView["state"], { label: string; tone: Tone }> = {
  new: { label: "New", tone: "idle" },
  saved: { label: "Saved", tone: "good" },
  "in-use": { label: "In use", tone: "busy" },
  hibernating: { label: "Hibernating", tone: "wait" },
};

/** What can be shown of a profile beside its name, in the order of the columns. */
export const columns: Record<ColumnName, Column> = {
  state: { label: "State", width: "minmax(7rem, 1fr)", show: showState },
  tags: { label: "Tags", width: "minmax(5rem, 2fr)", show: ({ tags }) => tags.length > 0 && showTags(tags) },
  group: { label: "Group", width: "minmax(5rem, 1fr)", dim: true, show: ({ groupName }) => groupName && showCut(groupName) },
  runner: {
    label: "Runner",
    width: "minmax(7rem, 1.1fr)",
    show: ({ runnerOnline, runnerName }) => (
      <>
        <StatusDot tone={runnerOnline ? "good" : "idle"} />
        {showCut(runnerName)}
      </>
    ),
  },
  network: {
    label: "Network",
    width: "minmax(5.5rem, 1.1fr)",
    dim: true,
    show: ({ network: { kind, names } }) =>
      showCut(kind === "none" ? "Direct" : names.length > 0 ? names.join(" → ") : "Not there any more"),
  },
  engine: { label: "Engine", width: "6rem", dim: true, show: ({ engine }) => (engine === "dedicated" ? "Dedicated" : "Shared") },
  saved: {
    label: "Last saved",
    width: "7rem",
    sort: "saved",
    dim: true,
    show: ({ stateSavedAt }, now) => (stateSavedAt ? plainTime(stateSavedAt, now) : "Never"),
  },
  size: {
    label: "Size",
    width: "5.5rem",
    sort: "size",
    dim: true,
    show: ({ stateBytes }) => stateBytes !== null && bytesWords(stateBytes),
  },
  run: {
    label: "Last run",
    width: "7.5rem",
    sort: "run",
    show: ({ lastRunId, lastRunState }) =>
      lastRunId &&
      lastRunState && (
        <a href={`/dashboard/runs/${lastRunId}`} tabIndex={-1} className={classes.quiet}>
          <RunStateBadge state={lastRunState} size="md" />
        </a>
      ),
  },
  created: { label: "Created", width: "6.5rem", sort: "created", dim: true, show: ({ createdAt }, now) => plainTime(createdAt, now) },
  notes: { label: "Notes", width: "minmax(8rem, 1.6fr)", dim: true, show: ({ notes }) => showCut(notes) },
};

export const columnNames = Object.keys(columns) as ColumnName[];
export const usualColumns: ColumnName[] = ["state", "tags", "group", "runner", "network", "run", "created"];

function showState({ state, activeRunId }: ProfileView) {
  const { label, tone } = states[state];
  return (
    <>
      <StatusBadge tone={tone}>{label}</StatusBadge>
      {activeRunId && (
        <a href={`/dashboard/runs/${activeRunId}`} className={classes.small}>
          Open the run
        </a>
      )}
    </>
  );
}

/** What may be longer than its column: the title has all of it. */
function showCut(text: string) {
  return (
    <span className={classes.cut} title={text}>
      {text}
    </span>
  );
}

/** So many have room beside their profile; the rest is a number, and all are in the title. */
const tagsShown = 2;

function showTags(tags: readonly string[]) {
  return (
    <span className={classes.tags} title={tags.join(", ")}>
      {tags.slice(0, tagsShown).map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ))}
      {tags.length > tagsShown && <span className={classes.dim}>+{tags.length - tagsShown}</span>}
    </span>
  );
}
