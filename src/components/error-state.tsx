import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { wordsFor } from "./error-words.ts";

/** What went wrong and what to do next, in the place of what could not be shown or done. */
export function ErrorState({ error, onRetry, mb }: { error: unknown; onRetry?: () => void; mb?: string }) {
  const words = wordsFor(error);
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={18} aria-hidden />} title={words.title} mb={mb}>
      <Text size="sm" component="p" m={0}>
        {words.whatToDo}
      </Text>
      {onRetry && (
        <Button variant="default" size="xs" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
