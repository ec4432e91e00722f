import classes from "./trial.module.css";
import { useTrial } from "./trial-store.ts";

/** Where the elements are that the looked-for ways lead to, drawn over the picture of the page. */
export function TrialBoxes({ size }: { size: { width: number; height: number } | null }) {
  const probe = useTrial((trial) => (trial?.isRunning ? null : (trial?.probe ?? null)));
  if (!probe || !size || probe.boxes.length === 0) return null;
  const [first, ...others] = probe.boxes;
  return (
    <svg className={classes.boxes} viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="xMidYMid meet" aria-hidden>
      {others.map((box) => (
        <rect key={`${box.x} ${box.y} ${box.width} ${box.height}`} className={classes.match} {...box} />
      ))}
      {first && <rect className={classes.target} data-testid="trial-target" {...first} />}
    </svg>
  );
}
