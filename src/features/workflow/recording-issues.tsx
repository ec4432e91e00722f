import type { RecordingIssue } from "@deskhand/shared/schemas/workflow";
import { Code, Text } from "@mantine/core";
import { CardTable } from "@/components/card-table";
import { Panel } from "@/components/panel";

/** Every reason why a recording cannot be used: the step, the field and what is wrong with it. */
export function RecordingIssues({ issues }: { issues: readonly RecordingIssue[] }) {
  const title = issues.length === 1 ? "This recording has a mistake" : `This recording has ${issues.length} mistakes`;
  return (
    <div role="alert">
      <Panel title={title} description="Correct the file or record it again, then drop it below." flush>
        <CardTable label="Mistakes in the recording" columns={["Step", "Field", "What is wrong"]} plain>
          {issues.map((issue) => (
            <CardTable.Row key={`${issue.step}-${issue.field}-${issue.message}`}>
              <CardTable.Cell>
                <Text size="sm" fw={500} style={{ whiteSpace: "nowrap" }}>
                  {issue.step === null ? "Whole file" : `Step ${issue.step + 1}`}
                </Text>
              </CardTable.Cell>
              <CardTable.Cell label="Field">
                {issue.field ? <Code style={{ whiteSpace: "nowrap" }}>{issue.field}</Code> : "–"}
              </CardTable.Cell>
              <CardTable.Cell>
                <Text size="sm" c="var(--mantine-color-error)">
                  {withoutPrefix(issue.message)}
                </Text>
              </CardTable.Cell>
            </CardTable.Row>
          ))}
        </CardTable>
      </Panel>
    </div>
  );
}

/** The first column already says which step it is. */
function withoutPrefix(message: string): string {
  const words = message.replace(/^Step \d+( \([^)]*\))?: /, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
