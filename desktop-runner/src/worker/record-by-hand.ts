import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type { BrowserContext, Dialog, Page } from "playwright-core";
import { createRecorder, type RecordedFacts, type Recorder } from "../recorder/create-recorder.ts";
import type { ShownAnswer } from "./page-dialogs.ts";
import type { RunParts } from "./run-parts.ts";
import { type WindowDialogs, watchWindowDialogs } from "./window-dialogs.ts";

/** How long a run that records waits for a person to come, or to come back; milliseconds. */
const patienceMs = 60 * 60_000;

export type RecordByHand = {
  /** Undefined before the document's own steps are over: what those do is nobody's. */
  readonly recorder: Recorder | undefined;
  /** A person has taken the page in the dashboard, or given it back. */
  held(on: boolean): Promise<void>;
  /** What the person in the window on the runner's screen answers a dialog with; undefined where there is no such window. */
  answered(dialog: Dialog): Promise<ShownAnswer | undefined> | undefined;
  /** Lets a person record until they say that it is enough, and keeps what came of it. */
  wait(): Promise<void>;
};

/** `onTold`: something was recorded, which sites may remember as well. */
export function recordByHand(parts: RunParts, context: BrowserContext, page: Page, onTold: () => void): RecordByHand {
  let recorder: Recorder | undefined;
  let dialogs: WindowDialogs | undefined;
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
    answered: (dialog) => dialogs?.answered(dialog),
    async wait() {
      const mine = createRecorder(context, page, recording, tell, { isWindow });
      recorder = mine;
      dialogs = isWindow ? watchWindowDialogs(context) : undefined;
      if (hold.isOn || isWindow) await mine.begin();
      log.write(null, "info", "The run waits for a person to record what they do.");
      const index = Math.max(0, walkSteps(recording.steps).length - 1);
      // whose connection broke off comes back to what they had
      while (!mine.isFinished && !signal.aborted) {
        if ((await hold.askPerson({ index, reason: "record", timeoutMs: patienceMs, signal })) === "timeout") break;
      }
      recorder = undefined;
      // a page that asks something answers nothing else
      dialogs?.release();
      dialogs = undefined;
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
