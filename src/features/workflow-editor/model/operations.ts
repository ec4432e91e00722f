import { maxDepth, maxSteps } from "@deskhand/shared/schemas/parse-steps";
import {
  blocksAround,
  type EditorDocument,
  heightOf,
  idsWithin,
  listNames,
  listOf,
  nodeOf,
  type Place,
  placeOf,
  rootList,
  type StepJson,
  takeSteps,
  writeStep,
} from "./document.ts";

/**
 * What can be done to a document. Each answers with another document and leaves the given one alone; what cannot be done (too deep, too
 * many steps, a block into itself) answers with the given document itself.
 */

function withList(document: EditorDocument, at: Pick<Place, "parent" | "list">, ids: readonly string[]): EditorDocument {
  if (at.parent === null) return { ...document, steps: ids };
  const node = nodeOf(document, at.parent);
  return { ...document, nodes: { ...document.nodes, [at.parent]: { ...node, lists: { ...node.lists, [at.list]: ids } } } };
}

function splice(document: EditorDocument, place: Place, remove: number, add: readonly string[]): EditorDocument {
  const ids = listOf(document, place);
  const index = Math.max(0, Math.min(place.index, ids.length));
  return withList(document, place, [...ids.slice(0, index), ...add, ...ids.slice(index + remove)]);
}

/** How many lists are around what stands at a place, the document's own included. */
function depthAt(document: EditorDocument, place: Place): number {
  return place.parent === null ? 1 : blocksAround(document, place.parent).length + 2;
}

/** True where a block has such a list, or where it is the document's own. */
export function isPlace(document: EditorDocument, { parent, list }: Place): boolean {
  if (parent === null) return list === rootList;
  const node = document.nodes[parent];
  return node !== undefined && listNames(node.step).includes(list);
}

function fits(document: EditorDocument, place: Place, ids: readonly string[], source = document): boolean {
  const depth = depthAt(document, place);
  return ids.every((id) => {
    // an empty block may still be filled, so it counts as one that holds a step
    return depth + heightOf(source, id) - 1 <= maxDepth;
  });
}

/** Puts steps of JSON at a place. `added` are their ids; none when they do not fit. */
export function insertSteps(
  document: EditorDocument,
  place: Place,
  steps: readonly StepJson[],
): { document: EditorDocument; added: readonly string[] } {
  if (!isPlace(document, place) || steps.length === 0) return { document, added: [] };
  const { nodes, next, ids } = takeSteps(document, steps);
  const taken = { ...document, nodes, next };
  if (!fits(document, place, ids, taken) || Object.keys(nodes).length > maxSteps) return { document, added: [] };
  return { document: splice(taken, place, 0, ids), added: ids };
}

/** Takes steps out, with everything inside of them. */
export function removeSteps(document: EditorDocument, ids: readonly string[]): EditorDocument {
  let result = document;
  for (const id of ids) {
    const place = placeOf(result, id);
    if (!place) continue;
    const gone = new Set(idsWithin(result, id));
    result = splice(result, place, 1, []);
    result = { ...result, nodes: Object.fromEntries(Object.entries(result.nodes).filter(([key]) => !gone.has(key))) };
  }
  return result;
}

/** Moves steps, in the given order, before the step that is at the place now. */
export function moveSteps(document: EditorDocument, ids: readonly string[], place: Place): EditorDocument {
  if (ids.length === 0 || !isPlace(document, place) || !ids.every((id) => placeOf(document, id))) return document;
  const inside = new Set(ids.flatMap((id) => idsWithin(document, id)));
  if (place.parent !== null && inside.has(place.parent)) return document;
  if (!fits(document, place, ids)) return document;
  const before = listOf(document, place).slice(0, place.index);
  const index = before.filter((id) => !ids.includes(id)).length;
  const without = ids.reduce((left, id) => {
    const from = placeOf(left, id);
    return from ? splice(left, from, 1, []) : left;
  }, document);
  const moved = splice(without, { ...place, index }, 0, ids);
  const same = listOf(document, place).join() === listOf(moved, place).join();
  return same ? document : moved;
}

/** Copies steps, in place, after the last of them. */
export function duplicateSteps(document: EditorDocument, ids: readonly string[]): { document: EditorDocument; added: readonly string[] } {
  const last = ids.at(-1);
  const place = last === undefined ? null : placeOf(document, last);
  if (!place) return { document, added: [] };
  const copies = ids.map((id) => writeStep(document, id));
  return insertSteps(document, { ...place, index: place.index + 1 }, copies);
}

/** Replaces what a step says; the steps inside of it stay. Lists that the new kind of step cannot hold must be empty. */
export function updateStep(document: EditorDocument, id: string, step: StepJson): EditorDocument {
  const node = document.nodes[id];
  if (!node || node.step === step) return document;
  return { ...document, nodes: { ...document.nodes, [id]: { ...node, step } } };
}

/** Puts a block around steps that stand beside each other: they become its first list. */
export function wrapSteps(
  document: EditorDocument,
  ids: readonly string[],
  block: StepJson,
): { document: EditorDocument; added: readonly string[] } {
  const [first] = ids;
  const place = first === undefined ? null : placeOf(document, first);
  const [list] = listNames(block);
  if (!place || list === undefined) return { document, added: [] };
  const height = 1 + Math.max(...ids.map((id) => heightOf(document, id)));
  if (depthAt(document, place) + height - 1 > maxDepth) return { document, added: [] };
  const made = insertSteps(document, place, [block]);
  const [id] = made.added;
  if (id === undefined) return { document, added: [] };
  return { document: moveSteps(made.document, ids, { parent: id, list, index: 0 }), added: made.added };
}

/** Takes a block away and leaves in its place what was inside, list after list. */
export function unwrapStep(document: EditorDocument, id: string): { document: EditorDocument; left: readonly string[] } {
  const place = placeOf(document, id);
  const node = document.nodes[id];
  if (!place || !node || listNames(node.step).length === 0) return { document, left: [] };
  const left = listNames(node.step).flatMap((field) => node.lists[field] ?? []);
  const { [id]: _block, ...nodes } = document.nodes;
  return { document: splice({ ...document, nodes }, place, 1, left), left };
}
