"use client";

import type { RunDetail } from "@deskhand/shared/schemas/run";
import { Loader, ScrollArea, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { describeArtifactProblem, readArtifact } from "./artifact-content.ts";
import { diffValues } from "./compare-logic.ts";
import classes from "./compare-page.module.css";

const most = 200;

/** Where the data of two runs differs, read from their runners. */
export function CompareResults({ a, b }: { a: RunDetail; b: RunDetail }) {
  const [first, second] = [useResult(a), useResult(b)];
  const failed = first.isError ? { error: first.error, run: a } : second.isError ? { error: second.error, run: b } : undefined;
  if (failed) return <Words>{describeArtifactProblem(failed.error, failed.run.runnerName)}</Words>;
  if (first.isPending || second.isPending) return <Loader size="sm" color="gray" aria-label="Reading the data of both runs" />;
  if (first.data === null && second.data === null) return <Words>Neither run read any data.</Words>;
  const found = diffValues(first.data ?? undefined, second.data ?? undefined, most);
  if (found.length === 0) return <Words>Both runs read the same.</Words>;
  return (
    <>
      <Words>
        {found.length === most ? `The first ${most} differences.` : found.length === 1 ? "1 difference." : `${found.length} differences.`}
      </Words>
      <ScrollArea.Autosize
        mah={420}
        type="auto"
        mt="xs"
        viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Differences of the data" }}
      >
        <Table aria-label="Differences of the data" miw={480} fz="sm" layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Where</Table.Th>
              <Table.Th>First run</Table.Th>
              <Table.Th>Second run</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map(({ path, a: left, b: right }) => (
              <Table.Tr key={path}>
                <Table.Td className={classes.value}>{path}</Table.Td>
                <Table.Td className={classes.value}>{show(left)}</Table.Td>
                <Table.Td className={classes.value}>{show(right)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </>
  );
}

function useResult(run: RunDetail) {
  const artifact = run.artifacts.findLast(({ type }) => type === "result");
  return useQuery({
    // the same as the run's own page has it under
    queryKey: ["artifact-content", artifact?.id ?? "none"],
    queryFn: async () => (artifact ? ((await readArtifact(artifact.id)).json() as Promise<unknown>) : null),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

function Words({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}

function show(value: unknown): string {
  if (value === undefined) return "(not there)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)} …` : text || "(empty)";
}
