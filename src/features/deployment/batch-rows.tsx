// biome-ignore-all lint/a11y/useSemanticElements: rows that are only there while they are in sight are no rows of a table element
"use client";

import type { DeploymentResult } from "@deskhand/shared/schemas/deployment";
import { isFinal } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { Anchor, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import Link from "next/link";
import { useEffect, useRef } from "react";

import { RunStateBadge, StatusBadge } from "@/components/status-badge";
import { useDocumentTop } from "@/components/use-document-top";
import { formatDuration } from "@/features/run/duration";
import { placeWords } from "./batch-words.ts";
import classes from "./deployment-page.module.css";

type Props = { items: readonly DeploymentResult[]; waiting: number; paused: boolean };

/** What became of each profile: a row of one height each, of which only those in sight are there. */
export function BatchRows({ items, waiting, paused }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const top = useDocumentTop(body);
  const isPhone = useMediaQuery("(max-width: 47.99em)") ?? false;
  const height = isPhone ? 68 : 46;
  const virtualizer = useWindowVirtualizer({ count: items.length, estimateSize: () => height, overscan: 12, scrollMargin: top });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when rows get another height
  useEffect(() => virtualizer.measure(), [height]);
  return (
    <div role="table" aria-label="Profiles of this deployment" aria-rowcount={items.length} className={classes.frame}>
      <div role="rowgroup" ref={body} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (!item) return null;
          const place = { height, transform: `translateY(${start - virtualizer.options.scrollMargin}px)` };
          return (
            <div key={item.profileId} role="row" tabIndex={-1} aria-rowindex={index + 1} className={classes.row} style={place}>
              <div role="cell">
                <Anchor component={Link} href={`/dashboard/profiles/${item.profileId}`} prefetch={false} c="inherit" size="sm" fw={500}>
                  {item.profileName}
                </Anchor>
              </div>
              <div role="cell">
                {item.cancelRequestedAt && !isFinal(item.state) ? (
                  <StatusBadge tone="wait" size="md">
                    Cancelling
                  </StatusBadge>
                ) : (
                  <RunStateBadge state={item.state} size="md" />
                )}
              </div>
              <div role="cell" data-part="why">
                <Text size="xs" c="dimmed" component="span" truncate>
                  {whyOf(item, waiting, paused)}
                </Text>
              </div>
              <div role="cell" data-part="duration">
                <Text size="sm" c="dimmed" component="span">
                  {item.startedAt && item.finishedAt && formatDuration(Date.parse(item.finishedAt) - Date.parse(item.startedAt))}
                </Text>
              </div>
              <div role="cell" data-part="link">
                <Anchor
                  component={Link}
                  href={`/dashboard/runs/${item.runId}`}
                  prefetch={false}
                  size="sm"
                  aria-label={`${item.bytes > 0 ? "Result" : "Open run"} on ${item.profileName}`}
                >
                  {item.bytes > 0 ? "Result" : "Open run"}
                </Anchor>
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function whyOf({ state, failureCode, failureStep, place, runs }: DeploymentResult, waiting: number, paused: boolean): string {
  if (state === "queued") return place !== null ? placeWords(place, waiting) : paused ? "Waits: the deployment is paused" : "";
  const again = runs > 1 ? `Try ${runs}` : "";
  if (state !== "failed" && state !== "expired") return again;
  const why = isRunFailureCode(failureCode) ? describeRunFailure(failureCode).title : (failureCode ?? "Failed");
  return [failureStep === null ? why : `Step ${failureStep + 1}: ${why}`, again].filter(Boolean).join(" · ");
}
