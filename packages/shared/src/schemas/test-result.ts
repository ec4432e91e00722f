/** Differences that are told; more say no more. */
const mostTold = 20;

/**
 * Where a result is not what a test expects, as paths such as `rows[2].price`; none when it is. What the test does not name may be
 * anything, lists have to be equal in length. Paths hold keys that the test's author wrote, and no values.
 */
export function differences(expected: unknown, actual: unknown): string[] {
  return differencesOf(expected, actual).map(({ path }) => path);
}

/** `actual` is undefined where there is nothing. */
export type Difference = { path: string; expected: unknown; actual: unknown };

/** As {@link differences}, with both values: for whoever may see what a run read. */
export function differencesOf(expected: unknown, actual: unknown): Difference[] {
  const found: Difference[] = [];
  compare(expected, actual, "", found);
  return found;
}

function compare(expected: unknown, actual: unknown, path: string, found: Difference[]): void {
  if (found.length >= mostTold) return;
  const add = (more = "") => found.push({ path: `${path || "the result"}${more}`, expected, actual });
  if (typeof expected !== "object" || expected === null) {
    if (expected !== actual) add();
    return;
  }
  if (typeof actual !== "object" || actual === null || Array.isArray(expected) !== Array.isArray(actual)) {
    add();
    return;
  }
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) {
    add(` (${(actual as unknown[]).length} instead of ${expected.length})`);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    const own = Object.hasOwn(actual, key) ? (actual as Record<string, unknown>)[key] : undefined;
    const at = Array.isArray(expected) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    compare(value, own, at, found);
  }
}
