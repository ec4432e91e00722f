import type { StepView } from "@deskhand/shared/schemas/workflow";
import { Breakable } from "@/components/breakable";
import { StepIcon } from "@/components/step-icon";
import classes from "./step-list.module.css";

/** A workflow's steps to read: what is done, to what, and anything more. */
export function StepList({ steps, label = "Steps" }: { steps: readonly StepView[]; label?: string }) {
  return (
    <ol className={classes.list} aria-label={label}>
      {steps.map((step) => (
        <li key={step.index} className={classes.step}>
          <span className={classes.number} aria-hidden>
            {step.index + 1}
          </span>
          <span className={classes.icon} style={{ marginInlineStart: `${Math.min(step.depth, 6) * 1.25}rem` }}>
            <StepIcon type={step.type} verb={step.verb} />
          </span>
          <span className={classes.words}>
            <span className={classes.verb}>{step.verb}</span> <Breakable text={step.target} />
            {step.detail && <span className={classes.detail}> {step.detail}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
