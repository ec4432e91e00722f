import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import classes from "./error-state.module.css";
import { mayHelp, type Words, wordsFor } from "./error-words.ts";

type Place = { onRetry?: () => void; mb?: string };

/** What went wrong and what to do next, in the place of what could not be shown or done; trying again is offered where it may help. */
export function ErrorState({ error, onRetry, ...place }: { error: unknown } & Place) {
  const words = wordsFor(error);
  return <ErrorMessage words={words} {...(onRetry && mayHelp(words) ? { onRetry } : {})} {...place} />;
}

/** The same for words that are known already. */
export function ErrorMessage({ words, onRetry, mb }: { words: Pick<Words, "title" | "whatToDo"> } & Place) {
  return (
    <Alert
      color="red"
      variant="default"
      role="alert"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={words.title}
      mb={mb}
      classNames={{ root: classes.root, icon: classes.icon }}
    >
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
