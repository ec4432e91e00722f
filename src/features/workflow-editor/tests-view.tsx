import { recordingInputsSchema } from "@deskhand/shared/schemas/recording-inputs";
import { Alert, Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { EmptyState } from "@/components/empty-state";
import { Panel } from "@/components/panel";
import { useEditor } from "./editor-context.ts";
import { freeTestName, readTests, resultNames, type TestDraft, writeTests } from "./model/tests.ts";
import { TestRow } from "./test-row.tsx";

/** The workflow's tests: each with inputs and the result that has to come of them. */
export function TestsView() {
  const { state, dispatch, issues } = useEditor();
  const { header } = state.document;
  const tests = readTests(header);
  const parsed = recordingInputsSchema.safeParse(header.inputs);
  const inputs = parsed.success ? parsed.data : null;
  const results = resultNames(state.document);
  const set = (list: TestDraft[], field: string) => dispatch({ do: "header", header: writeTests(header, list), field: `tests ${field}` });
  const add = () => {
    const [first] = results;
    set([...tests, { name: freeTestName(tests), inputs: {}, expect: first === undefined ? {} : { [first]: "" } }], "add");
  };
  const button = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add} disabled={tests.length >= 50}>
      Add test
    </Button>
  );
  // what is wrong with the whole list, for example that it is none
  const whole = issues.document.filter(({ field }) => field === "tests");

  return (
    <Panel
      title="Tests"
      description="Run from the workflow's page, before a version is saved, or with deskhand test. A secret input is given when a test is run."
      actions={tests.length > 0 && button}
    >
      <Stack gap="sm" onBlur={() => dispatch({ do: "settle" })}>
        {whole.length > 0 && (
          <Alert color="red" variant="light" role="status">
            {whole.map(({ message }) => (
              <Text size="sm" key={message}>
                {message}
              </Text>
            ))}
          </Alert>
        )}
        {tests.length === 0 ? (
          <EmptyState
            plain
            title="No tests yet"
            description="A test runs the workflow with inputs of its own and compares what comes of it."
            action={button}
          />
        ) : (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm" style={{ alignItems: "start" }}>
            {tests.map((test, index) => (
              <TestRow
                // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed into
                key={index}
                test={test}
                inputs={inputs}
                results={results}
                errors={issues.document.flatMap(({ field, message }) =>
                  field.startsWith(`tests[${index}]`) ? [{ field: field.replace(/^tests\[\d+\]\.?/, ""), message }] : [],
                )}
                onChange={(next, field) =>
                  set(
                    tests.map((other, at) => (at === index ? next : other)),
                    `${index} ${field}`,
                  )
                }
                onRemove={() =>
                  set(
                    tests.filter((_, at) => at !== index),
                    "remove",
                  )
                }
              />
            ))}
          </SimpleGrid>
        )}
      </Stack>
    </Panel>
  );
}
