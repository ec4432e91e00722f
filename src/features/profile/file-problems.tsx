import type { FormatProblem } from "@deskhand/shared/formats/profile-state";
import { Alert, List } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

type Props = { title: string; problems: readonly FormatProblem[] /** Beyond those. */; more?: number };

/** What is wrong with a file, each with its line or entry. */
export function FileProblems({ title, problems, more = 0 }: Props) {
  return (
    <Alert variant="light" color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title={title}>
      {problems.length > 0 && (
        <List size="sm" spacing={4}>
          {problems.map(({ where, reason }) => (
            <List.Item key={where + reason}>
              <b>{where}</b>: {reason}
            </List.Item>
          ))}
          {more > 0 && <List.Item>… and {more} more</List.Item>}
        </List>
      )}
    </Alert>
  );
}
