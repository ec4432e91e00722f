import { Button, Menu, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useContext } from "react";
import { useEditor } from "./editor-context.ts";
import { listNames, nodeOf, placeOf } from "./model/document.ts";
import { blockEntries, makeStep } from "./model/step-catalog.ts";
import { BeginTrialContext, useTrial } from "./trial/trial-store.ts";

/** What can be done with the chosen steps besides changing what they say. */
export function StepActions({ ids }: { ids: readonly string[] }) {
  const { state, dispatch } = useEditor();
  const begin = useContext(BeginTrialContext);
  const acts = useTrial((trial) => trial?.acts ?? null);
  const [first] = ids;
  const isBlock = ids.length === 1 && first !== undefined && listNames(nodeOf(state.document, first).step).length > 0;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-sm" aria-label="What to do with it">
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {begin && first !== undefined && ids.length === 1 && (
          <Menu.Item onClick={() => (acts ? acts.runFrom(first) : begin(first))}>{acts ? "Run from here" : "Try from here"}</Menu.Item>
        )}
        <Menu.Item
          onClick={() => dispatch({ do: "duplicate", ids })}
          rightSection={
            <Text size="xs" c="dimmed">
              Ctrl D
            </Text>
          }
        >
          Duplicate
        </Menu.Item>
        {blockEntries.map((entry) => (
          <Menu.Item key={entry.key} onClick={() => dispatch({ do: "wrap", ids, block: makeStep(state.document, entry) })}>
            Wrap in “{entry.label}”
          </Menu.Item>
        ))}
        {isBlock && first !== undefined && (
          <Menu.Item onClick={() => dispatch({ do: "unwrap", id: first })} disabled={placeOf(state.document, first) === null}>
            Unwrap: keep only what is inside
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item c="var(--mantine-color-error)" onClick={() => dispatch({ do: "remove", ids })}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
