"use client";

import { Group, Text, Tree, type TreeNodeData } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";

/** Any JSON value as a tree that opens and closes. */
export function JsonTree({ value, label }: { value: unknown; label: string }) {
  return (
    <Tree
      data={nodesOf(value, "$")}
      aria-label={label}
      levelOffset="lg"
      renderNode={({ node, expanded, hasChildren, elementProps }) => (
        <Group gap={6} wrap="nowrap" align="flex-start" {...elementProps} py={2}>
          <IconChevronRight
            size={14}
            aria-hidden
            style={{ flexShrink: 0, marginTop: 4, visibility: hasChildren ? "visible" : "hidden", rotate: expanded ? "90deg" : "0deg" }}
          />
          <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {node.label}
          </Text>
        </Group>
      )}
    />
  );
}

function nodesOf(value: unknown, path: string): TreeNodeData[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([key, child]) => {
    const nested = typeof child === "object" && child !== null;
    const size = nested ? Object.keys(child).length : 0;
    const summary = Array.isArray(child) ? `[${size}]` : nested ? `{${size}}` : JSON.stringify(child);
    return {
      value: `${path}.${key}`,
      label: (
        <>
          <b>{key}</b> {summary}
        </>
      ),
      ...(size > 0 ? { children: nodesOf(child, `${path}.${key}`) } : {}),
    };
  });
}
