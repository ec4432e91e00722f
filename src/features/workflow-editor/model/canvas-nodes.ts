import type { Edge, Node } from "@xyflow/react";
import type { CanvasLayout } from "./canvas-layout.ts";
import { type EditorDocument, listNames, nodeOf, type Place, type StepNode, visitSteps } from "./document.ts";
import type { DocumentIssues } from "./issues.ts";

type StepData = { node: StepNode; number: number; issue: string | undefined; chosen: boolean };
export type StepCanvasNode = Node<StepData, "step" | "block">;
export type AddCanvasNode = Node<{ place: Place; words: string; onAddAt: (place: Place) => void }, "add">;
export type CanvasNode = StepCanvasNode | AddCanvasNode;

/** The steps for React Flow. Those inside of a block are its children, so that they move along with it. */
export function nodesOf(
  document: EditorDocument,
  layout: CanvasLayout,
  issues: DocumentIssues,
  chosen: ReadonlySet<string>,
): StepCanvasNode[] {
  const boxes = new Map(layout.nodes.map((box) => [box.id, box]));
  const numbers = new Map(visitSteps(document).map(({ id, index }) => [id, index + 1]));
  return layout.nodes.map((box) => {
    const around = box.parent === null ? undefined : boxes.get(box.parent);
    return {
      id: box.id,
      type: box.isBlock ? "block" : "step",
      position: { x: box.x - (around?.x ?? 0), y: box.y - (around?.y ?? 0) },
      ...(box.parent === null ? {} : { parentId: box.parent }),
      // known beforehand, so that nothing waits for the browser to measure it
      width: box.width,
      height: box.height,
      data: {
        node: nodeOf(document, box.id),
        number: numbers.get(box.id) ?? 0,
        issue: issues.steps.get(box.id)?.[0]?.message,
        chosen: chosen.has(box.id),
      },
    };
  });
}

const addSize = 24;

/** The places between steps, each with a button that adds one there. */
export function addsOf(layout: CanvasLayout, onAddAt: (place: Place) => void): AddCanvasNode[] {
  return layout.lanes.flatMap((lane) =>
    lane.gaps.flatMap((y, index) => {
      // the line from step to step has room for one; above the first there is none
      if (index === 0 && lane.gaps.length > 1) return [];
      const around = layout.nodes.find(({ id }) => id === lane.parent);
      return [
        {
          id: `add ${lane.parent ?? ""} ${lane.list} ${index}`,
          type: "add" as const,
          position: { x: lane.x + lane.width / 2 - addSize / 2 - (around?.x ?? 0), y: y - addSize / 2 - (around?.y ?? 0) },
          ...(lane.parent === null ? {} : { parentId: lane.parent }),
          width: addSize,
          height: addSize,
          draggable: false,
          data: { place: { parent: lane.parent, list: lane.list, index }, words: `Add a step here (${index + 1})`, onAddAt },
        },
      ];
    }),
  );
}

/** A line from each step to the next of its list. */
export function edgesOf(document: EditorDocument): Edge[] {
  const edges: Edge[] = [];
  const join = (ids: readonly string[]) => {
    for (const [index, id] of ids.entries()) {
      const next = ids[index + 1];
      if (next !== undefined) edges.push({ id: `${id} ${next}`, source: id, target: next, type: "straight", selectable: false });
    }
  };
  join(document.steps);
  for (const { node } of visitSteps(document)) for (const field of listNames(node.step)) join(node.lists[field] ?? []);
  return edges;
}
