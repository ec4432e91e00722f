import type { Step } from "./recording-steps.ts";

/** Where a block keeps the steps inside of it, in the order in which they are counted. */
export const childFields: Readonly<Record<string, readonly string[]>> = {
  "deskhand.if": ["steps", "else"],
  "deskhand.loop": ["steps"],
  "deskhand.retry": ["steps", "fallback"],
};

export type PlacedStep = {
  /** 0-based, of the whole document in the order in which it is read: what people count, and what events of a run are told by */
  index: number;
  step: Step;
  /** in the document: `steps[2].parameters.else[0]` */
  path: string;
  /** 0 for the document's own steps */
  depth: number;
  /** index of the block that it is in, and in which of its lists */
  parent: number | null;
  list: string;
};

/** The lists of steps that this one holds, by the field that they are in. */
export function childLists(step: Step): { field: string; steps: Step[] }[] {
  if (step.type !== "customStep") return [];
  return (childFields[step.name] ?? []).flatMap((field) => {
    const steps = (step.parameters as Record<string, unknown>)[field] as Step[] | undefined;
    return steps ? [{ field, steps }] : [];
  });
}

/** Every step of a document, blocks before what is inside of them. */
export function walkSteps(steps: readonly Step[]): PlacedStep[] {
  const placed: PlacedStep[] = [];
  const walk = (list: readonly Step[], name: string, parent: PlacedStep | null) => {
    const prefix = parent ? `${parent.path}.parameters.${name}` : name;
    for (const [position, step] of list.entries()) {
      const place: PlacedStep = {
        index: placed.length,
        step,
        path: `${prefix}[${position}]`,
        depth: parent ? parent.depth + 1 : 0,
        parent: parent?.index ?? null,
        list: name,
      };
      placed.push(place);
      for (const { field, steps: inside } of childLists(step)) walk(inside, field, place);
    }
  };
  walk(steps, "steps", null);
  return placed;
}

/** How many steps a document has, with those inside of others. */
export function countSteps(steps: readonly Step[]): number {
  return walkSteps(steps).length;
}
