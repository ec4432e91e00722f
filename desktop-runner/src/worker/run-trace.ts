import type { BrowserContext } from "playwright-core";
import { asDiskFull } from "../browser/artifacts.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { maskTrace } from "./mask-trace.ts";
import { makeHar } from "./network-har.ts";
import type { RunParts } from "./run-parts.ts";
import { readZipEntry } from "./zip-entry.ts";

export type RunTrace = {
  /** What is asked of the network from now on belongs to this step. */
  stepStarted(index: number): void;
  /** Keeps what was traced so far, and traces nothing until `goOn`: what a person does by hand is theirs. */
  rest(): Promise<void>;
  goOn(): Promise<void>;
  /** Keeps the last part, and the run's requests. */
  finish(): Promise<void>;
};

/** A loop of thousands of turns asks for a page at each: so much of it is kept. */
const maxHarBytes = 5_000_000;

/** The run's trace, in as many files as it has parts, and its requests as a HAR. */
export function createRunTrace({ store, mask, log }: Pick<RunParts, "store" | "mask" | "log">, { tracing }: BrowserContext): RunTrace {
  let parts = 0;
  let resting = false;
  let network: Buffer | undefined;
  const steps: { at: number; index: number }[] = [];
  const held: { from: number; to: number }[] = [];
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work);
    return last;
  };
  const keep = async (stop: (to: { path: string }) => Promise<void>) => {
    parts++;
    const file = parts === 1 ? "trace.zip" : `trace-${parts}.zip`;
    await stop({ path: store.pathOf(file) });
    // each part has the requests of those before it, too
    network = (await readZipEntry(store.pathOf(file), "trace.network").catch(() => undefined)) ?? network;
    if (mask.needed) await maskTrace(store.pathOf(file), mask.apply);
    await store.adopt({ type: "trace", name: file, file, contentType: "application/zip", step: null });
  };
  const keepRequests = async () => {
    if (!network || network.length === 0) return;
    const har = makeHar({ network: network.toString("utf8"), mask: mask.apply, steps, held, maxBytes: maxHarBytes });
    await store.write({ type: "har", name: "network.har", file: "network.har", contentType: "application/json", step: null }, har);
  };
  const lost = () => log.write(null, "warn", "A part of the trace could not be kept.");
  return {
    stepStarted: (index) => {
      // a loop's turns may be many; its requests are told apart by their times
      if (steps.at(-1)?.index !== index) steps.push({ at: Date.now(), index });
    },
    rest: () => {
      held.push({ from: Date.now(), to: Number.POSITIVE_INFINITY });
      return inTurn(async () => {
        if (resting) return;
        resting = true;
        await keep((to) => tracing.stopChunk(to)).catch(lost);
      });
    },
    goOn: () => {
      const open = held.at(-1);
      if (open) open.to = Math.min(open.to, Date.now());
      return inTurn(async () => {
        if (!resting) return;
        resting = false;
        await tracing.startChunk().catch(lost);
      });
    },
    finish: () =>
      inTurn(async () => {
        if (!resting) await keep((to) => tracing.stop(to));
        await keepRequests().catch((error) => {
          const known = asDiskFull(error);
          if (known instanceof StepFailure) throw known;
          log.write(null, "warn", "The run's requests could not be kept.");
        });
      }),
  };
}
