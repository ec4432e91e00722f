"use client";

import { permissionLines, permissionsBeyond, permissionsOf } from "@deskhand/shared/schemas/permissions";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { Badge, List, Text } from "@mantine/core";
import { useMemo } from "react";

type Props = {
  recording: Record<string, unknown>;
  /** The version that ran last, when it is another. */
  last: { version: number; recording: Record<string, unknown> } | undefined;
};

/** What a workflow version asks for, and what of it is new since the version that ran last. */
export function AskedPermissions({ recording, last }: Props) {
  const { lines, fresh } = useMemo(() => {
    const asked = permissionsIn(recording);
    const before = last && permissionsIn(last.recording);
    return {
      lines: asked ? permissionLines(asked) : [],
      fresh: new Set(asked && before ? permissionLines(permissionsBeyond(asked, before)) : []),
    };
  }, [recording, last]);
  if (lines.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        This workflow
      </Text>
      <List size="sm" spacing={4} c="dimmed">
        {lines.map((line) => (
          <List.Item key={line}>
            {line}
            {fresh.has(line) && (
              <Badge variant="light" size="sm" ml={8} component="span">
                new since version {last?.version}
              </Badge>
            )}
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function permissionsIn(recording: Record<string, unknown>) {
  const parsed = parseRecordingData(recording);
  return parsed.ok ? permissionsOf(parsed.recording) : undefined;
}
