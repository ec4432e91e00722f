/** The ways to find a step's element, in the JSON of a step that somebody is writing. */

/** As they are written; none in what is no JSON, or no step with an element. */
export function waysOf(text: string): unknown[] {
  const { selectors } = ownerOf(parse(text)) ?? {};
  return Array.isArray(selectors) ? selectors : [];
}

/** The same step with these ways. */
export function withWays(text: string, ways: readonly unknown[]): string {
  const step = parse(text);
  const owner = ownerOf(step);
  if (!owner) return text;
  owner.selectors = ways;
  return JSON.stringify(step, null, 2);
}

/** A way in a line; one through shadow roots is written part by part. */
export function wayWords(way: unknown): string {
  return [way].flat().map(String).join(" › ");
}

/** A way tried earlier by one. */
export function earlier(ways: readonly unknown[], index: number): unknown[] {
  const moved = [...ways];
  moved.splice(Math.max(0, index - 1), 0, ...moved.splice(index, 1));
  return moved;
}

type Json = Record<string, unknown>;

/** Deskhand's own steps have them among their parameters. */
function ownerOf(step: unknown): Json | undefined {
  if (!isRecord(step)) return undefined;
  const owner = step.type === "customStep" ? step.parameters : step;
  return isRecord(owner) && Array.isArray(owner.selectors) ? owner : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
