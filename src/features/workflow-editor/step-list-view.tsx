import { dropTargetForElements, monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { UnstyledButton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useEditor } from "./editor-context.ts";
import { listWords } from "./field-words.ts";
import { listNames, listOf, nodeOf, type Place, rootList } from "./model/document.ts";
import { selectedIds } from "./model/editor-state.ts";
import { findEntry, makeStep } from "./model/step-catalog.ts";
import classes from "./step-list-view.module.css";
import { StepRow } from "./step-row.tsx";

type Props = { onAddAt: (place: Place) => void };

/** The steps as a list in lists, as they are carried out; the same document as the canvas. */
export function StepListView({ onAddAt }: Props) {
  const { state, dispatch } = useEditor();
  const latest = useRef(state);
  latest.current = state;

  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const place = location.current.dropTargets[0]?.data.place as Place | undefined;
          if (!place) return;
          const entry = findEntry(String(source.data.entry));
          if (entry) dispatch({ do: "insert", place, steps: [makeStep(latest.current.document, entry)] });
          const { step } = source.data;
          if (typeof step !== "string") return;
          const chosen = selectedIds(latest.current);
          dispatch({ do: "move", ids: chosen.includes(step) ? chosen : [step], place });
        },
      }),
    [dispatch],
  );

  return <Steps parent={null} list={rootList} label="Steps" numbers={numbersOf(state.document)} onAddAt={onAddAt} />;
}

function numbersOf(document: Parameters<typeof nodeOf>[0]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const walk = (ids: readonly string[]) => {
    for (const id of ids) {
      numbers.set(id, numbers.size + 1);
      const { step, lists } = nodeOf(document, id);
      for (const field of listNames(step)) walk(lists[field] ?? []);
    }
  };
  walk(document.steps);
  return numbers;
}

type StepsProps = Props & { parent: string | null; list: string; label: string; numbers: ReadonlyMap<string, number> };

function Steps({ parent, list, label, numbers, onAddAt }: StepsProps) {
  const { state, issues } = useEditor();
  const chosen = selectedIds(state);
  const ids = listOf(state.document, { parent, list });
  const first = state.selection === null && parent === null ? ids[0] : state.selection?.head;
  return (
    <>
      <ol className={classes.list} aria-label={label} data-inside={parent !== null || undefined}>
        {ids.map((id, index) => {
          const node = nodeOf(state.document, id);
          return (
            <li key={id}>
              <StepRow
                id={id}
                node={node}
                number={numbers.get(id) ?? 0}
                parent={parent}
                list={list}
                index={index}
                chosen={chosen.includes(id)}
                reachable={id === first}
                issue={issues.steps.get(id)?.[0]?.message}
              />
              {listNames(node.step).map((field) => {
                const words = listWords(node.step.name, field);
                return (
                  <div key={field} className={classes.branch}>
                    <div className={classes.branchTitle} aria-hidden>
                      {words}
                    </div>
                    <Steps parent={id} list={field} label={`${words}, of step ${numbers.get(id)}`} numbers={numbers} onAddAt={onAddAt} />
                  </div>
                );
              })}
            </li>
          );
        })}
      </ol>
      <AddHere place={{ parent, list, index: ids.length }} label={label} onAddAt={onAddAt} />
    </>
  );
}

/** The end of a list: something to drop on, and to press. */
function AddHere({ place: { parent, list, index }, label, onAddAt }: Props & { place: Place; label: string }) {
  const element = useRef<HTMLButtonElement>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    return dropTargetForElements({
      element: element.current,
      getData: () => ({ place: { parent, list, index } }),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: () => setOver(false),
    });
  }, [parent, list, index]);
  return (
    <UnstyledButton
      ref={element}
      className={classes.add}
      data-over={over || undefined}
      data-empty={index === 0 || undefined}
      aria-label={`Add a step to: ${label}`}
      onClick={() => onAddAt({ parent, list, index })}
    >
      <IconPlus size={14} aria-hidden /> Add a step
    </UnstyledButton>
  );
}
