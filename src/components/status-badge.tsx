import classes from "./status-badge.module.css";

/** good: as wished · bad: failed or refused · wait: needs somebody or something · busy: under way · idle: nothing going on. */
export type Tone = "good" | "bad" | "wait" | "busy" | "idle";

const words: Record<string, { label: string; tone: Tone }> = {
  // runs and their steps
  queued: { label: "Queued", tone: "idle" },
  leased: { label: "Sent", tone: "busy" },
  accepted: { label: "Starting", tone: "busy" },
  running: { label: "Running", tone: "busy" },
  succeeded: { label: "Succeeded", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "idle" },
  expired: { label: "Expired", tone: "bad" },
  pending: { label: "Pending", tone: "idle" },
  skipped: { label: "Skipped", tone: "idle" },
};

/** What a run or step is in, as one word. */
export function RunStateBadge({ state, size }: { state: string; size?: "sm" | "md" | "lg" }) {
  const { label, tone } = words[state] ?? { label: state, tone: "idle" as const };
  return (
    <StatusBadge tone={tone} size={size}>
      {label}
    </StatusBadge>
  );
}

/** One word with a dot in the colour of its tone; the dot breathes while something is under way. Plain, for tables have hundreds. */
export function StatusBadge({ tone, children, size = "lg" }: { tone: Tone; children: string; size?: "sm" | "md" | "lg" | undefined }) {
  return (
    <span className={classes.badge} data-size={size} data-tone={tone}>
      {children}
    </span>
  );
}

/** The dot alone, beside words that already say it. */
export function StatusDot({ tone, pulse }: { tone: Tone; pulse?: boolean }) {
  return <span className={classes.dot} data-tone={tone} data-pulse={pulse || undefined} aria-hidden />;
}
