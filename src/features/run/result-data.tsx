"use client";

import { shapeOf } from "@deskhand/shared/formats/result-shape";
import { type ArtifactView, isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { Code, Group, List, Loader, ScrollArea, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { describeArtifactProblem, mayStillCome, offlineWords, readArtifact } from "./artifact-content.ts";
import { ExportMenu } from "./export-menu.tsx";
import { JsonTree } from "./json-tree.tsx";
import { TabMessage } from "./tab-message.tsx";

const maxRows = 200;

/** What the run read from its pages: tables as tables, all else as it fits. */
export function ResultData({ run }: { run: RunDetail }) {
  const artifact = run.artifacts.findLast((candidate) => candidate.type === "result");
  if (!artifact) {
    return (
      <TabMessage>
        {isFinal(run.state)
          ? "This run read no data. A workflow reads data with an extract step."
          : "What the run reads from its pages is shown here when it has ended."}
      </TabMessage>
    );
  }
  if (!run.runnerOnline) return <TabMessage>{offlineWords(run.runnerName)}</TabMessage>;
  return <Content artifact={artifact} runnerName={run.runnerName} />;
}

function Content({ artifact, runnerName }: { artifact: ArtifactView; runnerName: string }) {
  const content = useQuery({
    queryKey: ["artifact-content", artifact.id],
    queryFn: async () => (await readArtifact(artifact.id)).json() as Promise<unknown>,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (content.isPending) {
    return (
      <TabMessage>
        <Loader size="sm" color="gray" aria-label="Reading the data" />
      </TabMessage>
    );
  }
  if (content.isError) {
    const again = mayStillCome(content.error) ? { onRetry: () => void content.refetch() } : {};
    return <TabMessage {...again}>{describeArtifactProblem(content.error, runnerName)}</TabMessage>;
  }
  const named =
    typeof content.data === "object" && content.data !== null && !Array.isArray(content.data)
      ? Object.entries(content.data)
      : ([["Data", content.data]] as [string, unknown][]);
  // a lone table is what the rows of a file are made of, not its name
  const only = named.length === 1 ? named[0] : undefined;
  return (
    <Stack gap="lg" p="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {named.length === 1 ? "1 value" : `${named.length} values`}
        </Text>
        <ExportMenu label="all of it" file={only?.[0] ?? "result"} value={only ? only[1] : content.data} />
      </Group>
      {named.map(([name, value]) => (
        <section key={name} aria-label={name}>
          <Group justify="space-between" mb={6} wrap="nowrap">
            <Title order={3} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Title>
            {named.length > 1 && <ExportMenu label={name} file={name} value={value} />}
          </Group>
          <Value name={name} value={value} />
        </section>
      ))}
    </Stack>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  const shape = shapeOf(value);
  switch (shape.kind) {
    case "value":
      return <Code block>{shape.text === "" ? "(empty)" : shape.text}</Code>;
    case "list":
      return (
        <List size="sm" type="ordered">
          {shape.items.slice(0, maxRows).map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the data has no identity of its own and does not change
            <List.Item key={index}>{item}</List.Item>
          ))}
          <More shown={maxRows} of={shape.items.length} />
        </List>
      );
    case "table":
      return (
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": `${name}, table` }}>
          <Table miw={shape.columns.length * 104} withTableBorder striped aria-label={name} fz="sm" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                {shape.columns.map((column) => (
                  <Table.Th key={column}>{column}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shape.rows.slice(0, maxRows).map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the data has no identity of its own and does not change
                <Table.Tr key={index}>
                  {row.map((cell, column) => (
                    <Table.Td key={shape.columns[column]}>{cell}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <More shown={maxRows} of={shape.rows.length} />
        </ScrollArea>
      );
    case "tree":
      return <JsonTree value={value} label={name} />;
  }
}

function More({ shown, of }: { shown: number; of: number }) {
  if (of <= shown) return null;
  return (
    <Text size="sm" c="dimmed" mt={6}>
      The first {shown} of {of.toLocaleString("en")}. Export it for all.
    </Text>
  );
}
