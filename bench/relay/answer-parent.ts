/** What the process was told when it was started. */
export const told = JSON.parse(process.argv[2] ?? "{}") as Record<string, never>;

/** Does what the benchmark asks for, by name, and ends with it. */
export function answerParent(work: Record<string, (input: never) => Promise<unknown> | unknown>): void {
  process.on("message", ({ id, what, input }: { id: number; what: string; input: never }) => {
    (async () => work[what]?.(input))().then(
      (result) => process.send?.({ id, result }),
      (error: Error) => process.send?.({ id, error: error.stack ?? error.message }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}

export type Memory = { heapBytes: number; residentBytes: number };

/** What is used when all garbage has been collected. */
export function memory(): Memory {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss };
}
