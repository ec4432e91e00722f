import { IconAlertCircle, IconPlus } from "@tabler/icons-react";
import { Handle, type NodeProps, Position, ViewportPortal } from "@xyflow/react";
import { memo } from "react";
import { StepIcon } from "@/components/step-icon";
import { StepWords } from "./called-workflow.tsx";
import { listWords } from "./field-words.ts";
import type { Landing } from "./model/canvas-layout.ts";
import type { AddCanvasNode, StepCanvasNode } from "./model/canvas-nodes.ts";
import { listNames } from "./model/document.ts";
import { describeNode, isDisabled, noteOf } from "./model/step-words.ts";
import classes from "./step-canvas.module.css";
import { StepResult } from "./trial/step-result.tsx";
import { useTrial } from "./trial/trial-store.ts";

/** A step on the canvas. */
export const StepBox = memo(function StepBox({ id, data }: NodeProps<StepCanvasNode>) {
  return (
    <div className={classes.step} {...marks(data)}>
      <Ends />
      <Head id={id} data={data} />
    </div>
  );
});

/** A block: a frame with a column for each of its lists; its steps are nodes of their own above it. */
export const BlockNode = memo(function BlockNode({ id, data }: NodeProps<StepCanvasNode>) {
  const { step } = data.node;
  return (
    <div className={classes.block} {...marks(data)}>
      <Ends />
      <div className={classes.blockHead}>
        <Head id={id} data={data} />
      </div>
      <div className={classes.lanes}>
        {listNames(step).map((field) => (
          <span key={field} className={classes.lane}>
            {listWords(step.name, field)}
          </span>
        ))}
      </div>
    </div>
  );
});

function marks({ chosen, issue, node }: StepCanvasNode["data"]) {
  return {
    "data-chosen": chosen || undefined,
    "data-issue": issue !== undefined || undefined,
    "data-disabled": isDisabled(node.step) || undefined,
    "data-canvas-step": true,
  };
}

/** What the lines are fastened to; nobody draws any by hand. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} className={classes.end} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} className={classes.end} isConnectable={false} />
    </>
  );
}

function Head({ id, data: { node, number, issue } }: { id: string; data: StepCanvasNode["data"] }) {
  const isTried = useTrial((trial) => trial !== null && (trial.nextId === id || trial.results.has(id)));
  const words = describeNode(node);
  const more = issue ?? noteOf(node.step);
  return (
    <div className={classes.head}>
      <span className={classes.icon}>
        <StepIcon type={node.step.type} verb={words.verb} size={18} />
      </span>
      <span className={classes.words}>
        <span className={classes.title}>
          <StepWords step={node.step} words={words}>
            {({ verb, target }) => (
              <>
                <b>{verb}</b> {target}
              </>
            )}
          </StepWords>
        </span>
        {issue ? (
          <span className={classes.issue}>
            <IconAlertCircle size={12} aria-hidden /> {issue}
          </span>
        ) : isTried ? (
          <StepResult id={id} short />
        ) : (
          <span className={classes.detail}>
            <StepWords step={node.step} words={words}>
              {({ detail }) => more || detail || `Step ${number}`}
            </StepWords>
          </span>
        )}
      </span>
    </div>
  );
}

/** Adds a step between two others. */
export const AddStep = memo(function AddStep({ data }: NodeProps<AddCanvasNode>) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${classes.add} nodrag nopan`}
      aria-label={data.words}
      onClick={() => data.onAddAt(data.place)}
    >
      <IconPlus size={14} aria-hidden />
    </button>
  );
});

/** Where what is held would land. */
export function LandingLine({ line }: { line: Landing["line"] }) {
  return (
    <ViewportPortal>
      <div className={classes.landing} style={{ transform: `translate(${line.x}px, ${line.y - 2}px)`, width: line.width }} />
    </ViewportPortal>
  );
}
