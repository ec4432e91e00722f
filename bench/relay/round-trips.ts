export type RoundTrips = { perSecond: number; p50Ms: number; p99Ms: number };

/** Keeps `atOnce` of them under way for that long. `act` is told a number that goes up. */
export async function keepUnderWay(seconds: number, atOnce: number, act: (n: number) => Promise<void>): Promise<RoundTrips> {
  const took: number[] = [];
  let n = 0;
  const started = performance.now();
  const end = started + seconds * 1_000;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < end) {
        const began = performance.now();
        n += 1;
        await act(n);
        took.push(performance.now() - began);
      }
    }),
  );
  const all = took.toSorted((a, b) => a - b);
  const percentile = (p: number) => Number((all[Math.min(all.length - 1, Math.floor((all.length * p) / 100))] ?? 0).toFixed(2));
  return { perSecond: Math.round((took.length / (performance.now() - started)) * 1_000), p50Ms: percentile(50), p99Ms: percentile(99) };
}
