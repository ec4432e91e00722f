/** The procedure's path and input as tRPC's keys hold them; undefined for a key of another kind. */
export function readQueryKey(queryKey: readonly unknown[]): { path: readonly string[]; input: unknown } | undefined {
  const [path, options] = queryKey;
  if (!Array.isArray(path)) return undefined;
  return { path, input: (options as { input?: unknown } | undefined)?.input };
}

/** Calls whose answers do not follow from what changes in a project, or that cost a runner work. */
const costly = new Set(["openapi", "run.log", "workflow.version", "workflow.check"]);

/** Is this the key of a call that is only asked again on purpose? */
export function isCostly(queryKey: readonly unknown[]): boolean {
  return costly.has(readQueryKey(queryKey)?.path.join(".") ?? "");
}
