import type * as z from "zod";
import { runInputs } from "../schemas/deployment.ts";
import { isFinal, type LogLine, type listRunsInput, type RunDetail, runDetail, runLogView, runPage, runView } from "../schemas/run.ts";
import type { Call } from "./call.ts";
import { DeskhandError } from "./client-error.ts";
import { paged } from "./paged.ts";

/** How long the server holds an answer for a change, seconds. */
const heldSeconds = 20;

type Wait = {
  /** Give up after so long, milliseconds; the run goes on. For ever when absent. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Now, and after each change. */
  onChange?: (run: RunDetail) => void;
};

export function runMethods(call: Call) {
  const get = (id: string) => call.json("GET", `/runs/${id}`, { answer: runDetail });

  async function* changes(id: string, { timeoutMs, signal }: Wait): AsyncGenerator<RunDetail, void> {
    const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
    for (let revision: string | undefined; ; ) {
      const wait = Math.max(0, Math.min(heldSeconds, Math.ceil((end - Date.now()) / 1000)));
      const query = revision === undefined ? {} : { after: revision, wait };
      const run = await call.json("GET", `/runs/${id}`, { answer: runDetail, query, signal });
      if (run.revision !== revision) yield run;
      if (isFinal(run.state)) return;
      if (Date.now() >= end) throw new DeskhandError("GAVE_UP", 0, `The run ${id} was not over in time. It goes on.`);
      revision = run.revision;
    }
  }

  return {
    list: (input: Omit<z.input<typeof listRunsInput>, "cursor"> = {}) =>
      paged((cursor) => call.json("GET", "/runs", { answer: runPage, query: { ...input, limit: Number(input.limit ?? 100), cursor } })),
    get,
    /** With which inputs it was begun, what a message brought among them; of secret ones only that there are such. */
    inputs: async (id: string) => (await call.json("GET", `/runs/${id}/inputs`, { answer: runInputs })).items,
    cancel: (id: string) => call.json("POST", `/runs/${id}/cancel`, { answer: runView, body: {} }),
    rerun: (id: string, signedManifest?: string) =>
      call.json("POST", `/runs/${id}/rerun`, { answer: runView, body: { ...(signedManifest && { signedManifest }) } }),

    /** The run as it ended, however that was. @throws DeskhandError GAVE_UP */
    async waitForEnd(id: string, wait: Wait = {}): Promise<RunDetail> {
      let last: RunDetail | undefined;
      for await (const run of changes(id, wait)) {
        last = run;
        wait.onChange?.(run);
      }
      return last ?? get(id);
    },

    /** The run's log, line by line, from its runner; with `follow` until the run is over. @throws DeskhandError RUNNER_OFFLINE */
    async *log(id: string, { follow = false, after = 0, signal }: { follow?: boolean; after?: number; signal?: AbortSignal } = {}) {
      const read = async function* (): AsyncGenerator<LogLine, void> {
        for (let more = true; more; ) {
          const view = await call.json("GET", `/runs/${id}/log`, { answer: runLogView, query: { after }, signal });
          yield* view.lines;
          after = view.lines.at(-1)?.seq ?? after;
          more = view.more;
        }
      };
      if (!follow) return yield* read();
      for await (const _ of changes(id, { ...(signal && { signal }) })) yield* read();
    },

    /** What the run read, from its runner at this moment; undefined when it read nothing. @throws DeskhandError ARTIFACT_GONE */
    async data(id: string): Promise<Record<string, unknown> | undefined> {
      const { artifacts } = await get(id);
      const artifact = artifacts.findLast(({ type }) => type === "result");
      return artifact && (JSON.parse(await call.text(`/artifacts/${artifact.id}/content`)) as Record<string, unknown>);
    },
  };
}
