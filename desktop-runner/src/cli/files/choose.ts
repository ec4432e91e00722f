import path from "node:path";
import { usageError } from "../failure.ts";

/** Where the files are when nobody says otherwise. */
export const usualFolder = "workflows";

/** The files that names or globs mean: of a file (with or without .json) or of the workflow. All when there are none. */
export function choose<T extends { file?: string | undefined; name?: string | undefined }>(
  items: readonly T[],
  wanted: readonly string[],
): T[] {
  if (wanted.length === 0) return [...items];
  const chosen = new Set<T>();
  for (const pattern of wanted) {
    const found = items.filter(({ file, name }) => {
      const names = [file, file?.replace(/\.json$/, ""), name].filter((text) => text !== undefined);
      return names.some((text) => text === pattern || path.matchesGlob(text, path.basename(pattern)));
    });
    if (found.length === 0) {
      throw usageError(`No workflow is called "${pattern}".`, "Give a file's name, a workflow's name, or a glob such as 'order-*'.");
    }
    for (const item of found) chosen.add(item);
  }
  return items.filter((item) => chosen.has(item));
}
