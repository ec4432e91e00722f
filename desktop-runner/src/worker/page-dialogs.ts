import type { BrowserContext, Dialog } from "playwright-core";
import type { DialogRule, RunServices } from "../workflow/run-services.ts";
import type { RunLog } from "./run-log.ts";

/** `isDone`: it was answered where it was shown, and is not open any more. */
export type ShownAnswer = DialogRule & { isDone?: boolean };

export type PageDialogs = {
  /** For steps: see RunServices. */
  steps: NonNullable<RunServices["dialogs"]>;
  /** Asks the person who has the page; undefined where nobody has it, or nobody answers. */
  attach(ask: (dialog: Dialog) => Promise<ShownAnswer | undefined>): void;
};

type Options = {
  log: RunLog;
  step: () => number | null;
  /** Steps are carried out while a person has the page all along: theirs are the dialogs in between. */
  isTrial: boolean;
};

/**
 * Answers the dialogs of pages, so that none holds up a run: as the step says that is carried out, or the person who has the page. Where
 * neither says anything they are accepted. Only their kind is logged.
 */
export function answerDialogs(context: BrowserContext, { log, step, isTrial }: Options): PageDialogs {
  let rule: DialogRule | undefined;
  let underWay = 0;
  let ask: ((dialog: Dialog) => Promise<ShownAnswer | undefined>) | undefined;

  async function answer(dialog: Dialog): Promise<void> {
    const byStep = rule ?? { accept: true };
    const byPerson = isTrial && underWay > 0 ? undefined : await ask?.(dialog);
    const { accept, text } = byPerson ?? byStep;
    const kind = dialog.type();
    const who = byPerson ? " by the person who has the page" : "";
    log.write(step(), "info", `The page opened a dialog (${kind}); it was ${accept ? "accepted" : "dismissed"}${who}.`);
    if (byPerson?.isDone) return;
    if (accept) await dialog.accept(kind === "prompt" ? (text ?? dialog.defaultValue()) : undefined);
    else await dialog.dismiss();
  }
  // a page that is gone has no dialog
  context.on("dialog", (dialog) => void answer(dialog).catch(() => {}));
  return {
    steps: {
      begin(given) {
        // a dialog may come a moment after the step that has it open
        rule = given;
        underWay++;
      },
      end() {
        underWay--;
      },
    },
    attach(given) {
      ask = given;
    },
  };
}
