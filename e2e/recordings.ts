import type { Recording } from "@deskhand/shared/schemas/recording";

type Step = Recording["steps"][number];

/** What a test deploys, against the practice site of the product that runs. */
export function recording(title: string, ...steps: Step[]): Recording {
  return { title, steps };
}

export const steps = {
  open: (url: string): Step => ({ type: "navigate", url }),
  see: (selector: string, timeout = 5000): Step => ({ type: "waitForElement", selectors: [selector], visible: true, timeout }),
  click: (selector: string, timeout = 5000): Step => ({ type: "click", selectors: [selector], offsetX: 5, offsetY: 5, timeout }),
  expectText: (selector: string, value: string): Step => ({
    type: "customStep",
    name: "deskhand.assert",
    parameters: { check: "text", selectors: [selector], operator: "equals", value },
    timeout: 300,
  }),
};

/** Done in a moment. */
export function quick(url: string, title: string): Recording {
  return recording(title, steps.open(`${url}/practice`), steps.see("h1"));
}

/** Shows a page, then goes on for as long as the gate is closed, at most half a minute. */
export function held(gate: { url: string }, title: string): Recording {
  return recording(title, steps.open(`${gate.url}/before`), { ...steps.open(`${gate.url}/held`), timeout: 30_000 }, steps.see("h1"));
}
