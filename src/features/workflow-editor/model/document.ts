import { childFields } from "@deskhand/shared/schemas/walk-steps";

/** A step as it stands in the JSON, without the steps inside of it. It may be unfinished: what is typed is kept as it is. */
export type StepJson = { type: string; name?: string; parameters?: Record<string, unknown>; [key: string]: unknown };

/** `lists` holds only the lists that the JSON has: an `if` without `else` has none of that name. */
export type StepNode = { step: StepJson; lists: Readonly<Record<string, readonly string[]>> };

/** A workflow document with an id for each step. The ids are the editor's own and never reach the JSON. */
export type EditorDocument = {
  /** everything of the document but its steps */
  header: Readonly<Record<string, unknown>>;
  steps: readonly string[];
  nodes: Readonly<Record<string, StepNode>>;
  /** of the id that is given next */
  next: number;
};

/** Where steps go: before the step that is at `index` of that list. A `parent` of null is the document itself. */
export type Place = { parent: string | null; list: string; index: number };

export const rootList = "steps";

/** The lists that a step may hold, whether they are there or not. */
export function listNames(step: StepJson): readonly string[] {
  return step.type === "customStep" && step.name !== undefined && Object.hasOwn(childFields, step.name)
    ? (childFields[step.name] ?? [])
    : [];
}

export function readDocument(recording: Readonly<Record<string, unknown>>): EditorDocument {
  const { steps, ...header } = recording;
  const taken = takeSteps({ nodes: {}, next: 1 }, Array.isArray(steps) ? steps : []);
  return { header, steps: taken.ids, nodes: taken.nodes, next: taken.next };
}

type Taking = Pick<EditorDocument, "nodes" | "next">;

/** Gives ids to steps of JSON and to those inside of them. */
export function takeSteps(into: Taking, steps: readonly unknown[]): Taking & { ids: string[] } {
  const nodes = { ...into.nodes };
  let { next } = into;
  const take = (given: unknown): string => {
    const id = `s${next++}`;
    const step = isRecord(given) ? { ...given, type: String(given.type ?? "") } : { type: "" };
    const lists: Record<string, string[]> = {};
    const own = step as StepJson;
    if (isRecord(own.parameters)) {
      const parameters = { ...own.parameters };
      for (const field of listNames(own)) {
        const inside = parameters[field];
        if (!Array.isArray(inside)) continue;
        delete parameters[field];
        lists[field] = inside.map(take);
      }
      own.parameters = parameters;
    }
    nodes[id] = { step: own, lists };
    return id;
  };
  const ids = steps.map(take);
  return { nodes, next, ids };
}

/** The JSON of a step and of everything inside of it. */
export function writeStep(document: EditorDocument, id: string): StepJson {
  const node = nodeOf(document, id);
  const lists = Object.entries(node.lists);
  if (lists.length === 0) return node.step;
  const inside = Object.fromEntries(lists.map(([field, ids]) => [field, ids.map((child) => writeStep(document, child))]));
  return { ...node.step, parameters: { ...node.step.parameters, ...inside } };
}

export function writeDocument(document: EditorDocument): Record<string, unknown> {
  return { ...document.header, steps: document.steps.map((id) => writeStep(document, id)) };
}

export function nodeOf(document: EditorDocument, id: string): StepNode {
  const node = document.nodes[id];
  if (!node) throw new Error(`The document has no step ${id}.`);
  return node;
}

export function listOf(document: EditorDocument, { parent, list }: Pick<Place, "parent" | "list">): readonly string[] {
  return parent === null ? document.steps : (nodeOf(document, parent).lists[list] ?? []);
}

export type Visit = { id: string; node: StepNode; place: Place; depth: number; index: number };

/** Every step in the order in which people read and count them, blocks before what is inside of them. */
export function visitSteps(document: EditorDocument): Visit[] {
  const visits: Visit[] = [];
  const walk = (ids: readonly string[], parent: string | null, list: string, depth: number) => {
    for (const [index, id] of ids.entries()) {
      const node = nodeOf(document, id);
      visits.push({ id, node, place: { parent, list, index }, depth, index: visits.length });
      for (const field of listNames(node.step)) walk(node.lists[field] ?? [], id, field, depth + 1);
    }
  };
  walk(document.steps, null, rootList, 0);
  return visits;
}

export function placeOf(document: EditorDocument, id: string): Place | null {
  const find = (ids: readonly string[], parent: string | null, list: string): Place | null => {
    const index = ids.indexOf(id);
    if (index >= 0) return { parent, list, index };
    for (const child of ids) {
      for (const [field, inside] of Object.entries(nodeOf(document, child).lists)) {
        const found = find(inside, child, field);
        if (found) return found;
      }
    }
    return null;
  };
  return find(document.steps, null, rootList);
}

/** The blocks around a step, the nearest first. */
export function blocksAround(document: EditorDocument, id: string): string[] {
  const around: string[] = [];
  for (let place = placeOf(document, id); place?.parent; place = placeOf(document, place.parent)) around.push(place.parent);
  return around;
}

/** A step and everything inside of it. */
export function idsWithin(document: EditorDocument, id: string): string[] {
  return [id, ...Object.values(nodeOf(document, id).lists).flatMap((ids) => ids.flatMap((child) => idsWithin(document, child)))];
}

/** Lists inside of lists that a step needs: 1 for a plain step. */
export function heightOf(document: EditorDocument, id: string): number {
  const node = nodeOf(document, id);
  if (listNames(node.step).length === 0) return 1;
  const inside = Object.values(node.lists).flatMap((ids) => ids.map((child) => heightOf(document, child)));
  return 1 + Math.max(0, ...inside);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
