import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type { BrowserContext, Page } from "playwright-core";
import { createRecorder, type RecordedFacts, type Recorder } from "../recorder/create-recorder.ts";
import type { RunParts } from "./run-parts.ts";

/** How long a run that records waits for a person to come, or to come back; milliseconds. */
const patienceMs = 60 * 60_000;

export type RecordByHand = {
  /** Undefined before the document's own steps are over: what those do is nobody's. */
  readonly recorder: Recorder | undefined;
  /** A person has taken the page in the dashboard, or given it back. */
  held(on: boolean): Promise<void>;
  /** Lets a person record until they say that it is enough, and keeps what came of it. */
  wait(): Promise<void>;
};

/** `onTold`: something was recorded, which sites may remember as well. */
export function recordByHand(parts: RunParts, context: BrowserContext, page: Page, onTold: () => void): RecordByHand {
  let recorder: Recorder | undefined;
  const { hold, recording, signal, log, store } = parts;
  const isWindow = parts.order.window === true;
  const tell = (facts: RecordedFacts) => {
    parts.sendRecorded(facts);
    onTold();
  };
  return {
    get recorder() {
      return recorder;
    },
    async held(on) {
      // who has the window on the runner's screen goes on there
      if (on) await recorder?.begin();
      else if (!isWindow) await recorder?.end();
    },
    async wait() {
      const mine = createRecorder(context, page, recording, tell, { isWindow });
      recorder = mine;
      if (hold.isOn || isWindow) await mine.begin();
      log.write(null, "info", "The run waits for a person to record what they do.");
      const index = Math.max(0, walkSteps(recording.steps).length - 1);
      // whose connection broke off comes back to what they had
      while (!mine.isFinished && !signal.aborted) {
        if ((await hold.askPerson({ index, reason: "record", timeoutMs: patienceMs, signal })) === "timeout") break;
      }
      recorder = undefined;
      await mine.end();
      const document = mine.document();
      log.write(null, "info", `Recorded steps: ${document.steps.length - recording.steps.length}.`);
      const result = {
        type: "result",
        name: "recording.json",
        file: "recording.json",
        contentType: "application/json",
        step: null,
      } as const;
      await store.write(result, JSON.stringify(document, null, 2));
    },
  };
}
