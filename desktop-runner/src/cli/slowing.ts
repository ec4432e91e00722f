const firstMs = 300;
const longestMs = 5_000;

/**
 * For looking again and again at what may take long: each pause is half as long again as the one before, up to 5 s, so that an hour of it
 * leaves most of the calls that a project has. `begin` is for after there was news; no pause goes beyond `end`, milliseconds since the epoch.
 */
export function slowing(end: number): { pause(): Promise<void>; begin(): void } {
  let nextMs = firstMs;
  return {
    begin: () => {
      nextMs = firstMs;
    },
    pause: async () => {
      const ms = Math.max(0, Math.min(nextMs, end - Date.now()));
      nextMs = Math.min(longestMs, nextMs * 1.5);
      await new Promise((resolve) => setTimeout(resolve, ms));
    },
  };
}
