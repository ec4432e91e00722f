import type { RecordingIssue } from "@deskhand/shared/schemas/workflow";
import { Alert, Badge, Code, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

/** Every reason why a recording cannot be used: the step, the field and what is wrong with it. */
export function RecordingIssues({ issues }: { issues: readonly RecordingIssue[] }) {
  const title = issues.length === 1 ? "This recording has a mistake" : `This recording has ${issues.length} mistakes`;
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />} title={title}>
      <List listStyleType="none" spacing="xs" size="sm" aria-label="Mistakes in the recording">
        {issues.map((issue) => (
          <List.Item key={`${issue.step}-${issue.field}-${issue.message}`}>
            <Badge variant="default" size="sm" mr={6}>
              {issue.step === null ? "Whole file" : `Step ${issue.step + 1}`}
            </Badge>
            {issue.field && <Code mr={6}>{issue.field}</Code>}
            <Text span size="sm" style={{ overflowWrap: "anywhere" }}>
              {withoutPrefix(issue.message)}
            </Text>
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed" mt="sm">
        Correct the file or record it again, then drop it here.
      </Text>
    </Alert>
  );
}

/** The badge already says which step it is. */
function withoutPrefix(message: string): string {
  const words = message.replace(/^Step \d+( \([^)]*\))?: /, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
