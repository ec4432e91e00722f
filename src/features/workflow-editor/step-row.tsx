import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { IconAlertCircle, IconGripVertical } from "@tabler/icons-react";
import { memo, useEffect, useRef, useState } from "react";
import { Breakable } from "@/components/breakable";
import { StepIcon } from "@/components/step-icon";
import { StepWords } from "./called-workflow.tsx";
import { useDispatch } from "./editor-context.ts";
import type { StepNode } from "./model/document.ts";
import { describeNode, isDisabled, noteOf } from "./model/step-words.ts";
import classes from "./step-list-view.module.css";
import { StepResult } from "./trial/step-result.tsx";

type Props = {
  id: string;
  node: StepNode;
  number: number;
  parent: string | null;
  list: string;
  index: number;
  chosen: boolean;
  /** the one that Tab leads to; arrows lead to the others */
  reachable: boolean;
  issue: string | undefined;
};

/** A step of the list. It is dragged by itself, and what is dropped on its upper or lower half goes before or after it. */
export const StepRow = memo(function StepRow({ id, node, number, parent, list, index, chosen, reachable, issue }: Props) {
  const { dispatch, open } = useDispatch();
  const element = useRef<HTMLButtonElement>(null);
  const [edge, setEdge] = useState<"before" | "after" | null>(null);
  const [dragged, setDragged] = useState(false);
  useEffect(() => {
    const row = element.current;
    if (!row) return;
    const half = (y: number) => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2 ? "before" : "after";
    };
    return combine(
      draggable({
        element: row,
        getInitialData: () => ({ step: id }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
      dropTargetForElements({
        element: row,
        getData: ({ input }) => ({ place: { parent, list, index: half(input.clientY) === "before" ? index : index + 1 } }),
        onDrag: ({ location, source }) => setEdge(source.data.step === id ? null : half(location.current.input.clientY)),
        onDragLeave: () => setEdge(null),
        onDrop: () => setEdge(null),
      }),
    );
  }, [id, parent, list, index]);

  const words = describeNode(node);
  const note = noteOf(node.step);
  return (
    <button
      ref={element}
      type="button"
      data-step={id}
      className={classes.row}
      aria-pressed={chosen}
      tabIndex={reachable ? 0 : -1}
      data-edge={edge ?? undefined}
      data-dragged={dragged || undefined}
      data-disabled={isDisabled(node.step) || undefined}
      data-issue={issue !== undefined || undefined}
      onClick={(event) => {
        dispatch({ do: "select", id, extend: event.shiftKey });
        if (!event.shiftKey) open();
      }}
    >
      <IconGripVertical size={14} className={classes.grip} aria-hidden />
      <span className={classes.number} aria-hidden>
        {number}
      </span>
      <span className={classes.icon}>
        <StepIcon type={node.step.type} verb={words.verb} />
      </span>
      <span className={classes.words}>
        <StepWords step={node.step} words={words}>
          {({ verb, target, detail }) => (
            <>
              <span className={classes.verb}>{verb}</span> <Breakable text={target} />
              {detail && <span className={classes.detail}> {detail}</span>}
            </>
          )}
        </StepWords>
        {isDisabled(node.step) && <span className={classes.detail}> (switched off)</span>}
        {note && <span className={classes.note}>{note}</span>}
        <StepResult id={id} />
        {issue && (
          <span className={classes.issue}>
            <IconAlertCircle size={14} aria-hidden /> {issue}
          </span>
        )}
      </span>
    </button>
  );
});
