import { Button, Group, Modal, Stack, Text } from "@mantine/core";

type Props = {
  /** How many tests the document has; null while nobody is asked. */
  tests: number | null;
  onAnswer: (answer: "test" | "save" | null) => void;
};

/** Asks whether the tests run before what was changed is everybody's version. */
export function TestFirst({ tests, onAnswer }: Props) {
  const count = tests === 1 ? "a test" : `${tests} tests`;
  return (
    <Modal opened={tests !== null} onClose={() => onAnswer(null)} title="Run the tests first?">
      <Stack>
        <Text size="sm">This workflow has {count}. They can be run before the change is published: it is kept as a draft until then.</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onAnswer("save")}>
            Save without
          </Button>
          <Button onClick={() => onAnswer("test")}>Run the tests first</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How many tests the text of a document holds. */
export function countTests(text: string): number {
  const { tests } = JSON.parse(text) as { tests?: unknown };
  return Array.isArray(tests) ? tests.length : 0;
}
