import { type EditorDocument, listNames, listOf, nodeOf, type Place, rootList } from "./document.ts";

/**
 * Where everything stands on the canvas, in pixels: steps from top to bottom, blocks as frames around what is inside of them, the lists of
 * a block beside each other. All positions are of the canvas, not of the block around.
 */
export type Box = { x: number; y: number; width: number; height: number };
export type NodeBox = Box & { id: string; parent: string | null; isBlock: boolean };
/** A list of steps: what is dropped into its box goes into it, before the first of `starts` that is below. */
export type Lane = Box & { parent: string | null; list: string; depth: number; middles: readonly number[]; gaps: readonly number[] };
export type CanvasLayout = Box & { nodes: readonly NodeBox[]; lanes: readonly Lane[] };

export const stepSize = { width: 264, height: 60 };
export const blockHead = 56;
const laneHead = 26;
const gap = 34;
const padding = 16;
const emptyLane = 56;

type Size = { width: number; height: number };

export function layOut(document: EditorDocument): CanvasLayout {
  const sizes = new Map<string, Size>();
  const sizeOf = (id: string): Size => {
    const known = sizes.get(id);
    if (known) return known;
    const node = nodeOf(document, id);
    const lanes = listNames(node.step).map((field) => laneSize(node.lists[field] ?? []));
    const size =
      lanes.length === 0
        ? stepSize
        : {
            width: lanes.reduce((sum, lane) => sum + lane.width, 0) + padding * (lanes.length + 1),
            height: blockHead + laneHead + Math.max(...lanes.map(({ height }) => height)) + padding,
          };
    sizes.set(id, size);
    return size;
  };
  const laneSize = (ids: readonly string[]): Size => ({
    width: Math.max(stepSize.width, ...ids.map((id) => sizeOf(id).width)),
    height: ids.length === 0 ? emptyLane : ids.reduce((sum, id) => sum + sizeOf(id).height + gap, -gap) + emptyLane / 2,
  });

  const nodes: NodeBox[] = [];
  const lanes: Lane[] = [];
  const placeLane = (parent: string | null, list: string, box: Box, depth: number) => {
    const ids = listOf(document, { parent, list });
    const lane = { parent, list, depth, ...box, middles: [] as number[], gaps: [] as number[] };
    lanes.push(lane);
    let { y } = box;
    for (const id of ids) {
      const { width, height } = sizeOf(id);
      lane.gaps.push(ids[0] === id ? y - 8 : y - gap / 2);
      lane.middles.push(y + height / 2);
      placeNode(id, parent, { x: box.x + (box.width - width) / 2, y, width, height }, depth);
      y += height + gap;
    }
    lane.gaps.push(ids.length === 0 ? box.y + emptyLane / 2 : y - gap + 12);
  };
  const placeNode = (id: string, parent: string | null, box: Box, depth: number) => {
    const node = nodeOf(document, id);
    const fields = listNames(node.step);
    nodes.push({ id, parent, ...box, isBlock: fields.length > 0 });
    let x = box.x + padding;
    for (const field of fields) {
      const { width } = laneSize(node.lists[field] ?? []);
      const y = box.y + blockHead + laneHead;
      placeLane(id, field, { x, y, width, height: box.y + box.height - padding - y }, depth + 1);
      x += width + padding;
    }
  };
  const whole = laneSize(document.steps);
  placeLane(null, rootList, { x: 0, y: 0, ...whole }, 0);
  return { x: 0, y: 0, ...whole, nodes, lanes };
}

export type Landing = { place: Place; line: { x: number; y: number; width: number } };

/** Where something that is held at that point would land: in the innermost list there, else in the document's own. */
export function landingAt(layout: CanvasLayout, point: { x: number; y: number }, without: ReadonlySet<string> = new Set()): Landing | null {
  const within = (lane: Lane) =>
    point.x >= lane.x - padding / 2 &&
    point.x <= lane.x + lane.width + padding / 2 &&
    point.y >= lane.y - laneHead - 8 &&
    point.y <= lane.y + lane.height + padding / 2;
  const usable = layout.lanes.filter(({ parent }) => parent === null || !without.has(parent));
  const lane = usable.filter(within).toSorted((a, b) => b.depth - a.depth)[0] ?? usable[0];
  if (!lane) return null;
  const below = lane.middles.findIndex((middle) => point.y < middle);
  const index = below < 0 ? lane.middles.length : below;
  const line = { x: lane.x + (lane.width - stepSize.width) / 2, y: lane.gaps[index] ?? lane.y, width: stepSize.width };
  return { place: { parent: lane.parent, list: lane.list, index }, line };
}
