"use client";

import { Tooltip } from "@mantine/core";
import { StatusDot, type Tone } from "@/components/status-badge";
import { useCurrentProject } from "@/trpc/current-project";
import type { LiveState } from "@/trpc/live-changes";
import classes from "./live-indicator.module.css";

const states: Record<LiveState, { label: string; tone: Tone; hint: string }> = {
  live: { label: "Live", tone: "good", hint: "Changes appear by themselves." },
  connecting: { label: "Connecting", tone: "idle", hint: "Changes will appear by themselves in a moment." },
  lost: {
    label: "Reconnecting",
    tone: "wait",
    hint: "The server is not reached at the moment. What you see may be old; this page keeps trying.",
  },
};

/** Tells whether what is shown keeps itself up to date. */
export function LiveIndicator() {
  const { live } = useCurrentProject();
  const { label, tone, hint } = states[live];
  return (
    <Tooltip label={hint} multiline maw={260}>
      <output className={classes.live} aria-live="polite">
        <StatusDot tone={tone} pulse={live !== "live"} />
        {label}
      </output>
    </Tooltip>
  );
}
