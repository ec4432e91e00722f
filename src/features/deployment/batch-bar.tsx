import type { DeploymentProgress } from "@deskhand/shared/schemas/deployment";
import { Progress, Text } from "@mantine/core";
import { type BatchPart, batchParts } from "./batch-words.ts";
import classes from "./deployment-page.module.css";

type Props = {
  deployment: DeploymentProgress;
  /** With what each colour means, each a filter; without, the bar alone. */
  chosen?: BatchPart["key"] | null;
  onChoose?: (part: BatchPart["key"] | null) => void;
};

/** How far the profiles of a deployment are, by what became of them. */
export function BatchBar({ deployment, chosen = null, onChoose }: Props) {
  const parts = batchParts(deployment);
  const over = parts.filter(({ key }) => key !== "running" && key !== "waiting").reduce((sum, { count }) => sum + count, 0);
  const label = `${over} of ${deployment.profiles} are over`;
  return (
    <div>
      <Progress.Root size={onChoose ? 12 : 8} radius="xl" role="group" aria-label={label} className={classes.bar}>
        {parts
          .filter(({ count }) => count > 0)
          .map(({ key, label: name, count, color }) => (
            <Progress.Section
              key={key}
              value={(count / Math.max(1, deployment.profiles)) * 100}
              color={color}
              aria-label={`${name}: ${count}`}
            />
          ))}
      </Progress.Root>
      {onChoose && (
        <div className={classes.legend}>
          {parts.map(({ key, label: name, count, color }) => (
            <button
              key={key}
              type="button"
              className={classes.part}
              aria-pressed={chosen === key}
              onClick={() => onChoose(chosen === key ? null : key)}
            >
              <span className={classes.swatch} style={{ background: color }} aria-hidden />
              {name} <b>{count.toLocaleString("en")}</b>
            </button>
          ))}
          <Text size="sm" c="dimmed" ml="auto" aria-live="polite">
            {label}
          </Text>
        </div>
      )}
    </div>
  );
}
