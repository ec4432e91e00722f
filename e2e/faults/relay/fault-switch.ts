import { appendFileSync } from "node:fs";
import type { Fault } from "./points.ts";

/** What a process of the suite is told when it starts, in the environment variable of this name. */
export const settingsVariable = "DESKHAND_FAULTS";

/** Lies in each process that is to fail: it is told one fault at a time, and makes it when its point comes. */
export class FaultSwitch {
  readonly #hitsFile: string;
  readonly #cut: () => void;
  #armed: Fault | undefined;

  /**
   * `hitsFile` gets a line for each fault that was made, before it is made. `cut` ends every connection of this process at once.
   * Further faults come from the parent, one after the other.
   */
  constructor(options: { hitsFile: string; fault: Fault | undefined; cut: () => void }) {
    this.#hitsFile = options.hitsFile;
    this.#cut = options.cut;
    this.#armed = options.fault;
    process.on("message", (message: { fault?: Fault }) => {
      if (message.fault) this.#armed = { ...message.fault };
    });
  }

  /** This point is reached now. Does not return when the process is to be killed here. */
  reach(at: string): void {
    const armed = this.#armed;
    if (armed?.at !== at || --armed.nth > 0) return;
    this.#armed = undefined;
    appendFileSync(this.#hitsFile, `${JSON.stringify({ id: armed.id, at, action: armed.action })}\n`);
    if (armed.action === "cut") this.#cut();
    else process.kill(armed.action === "kill-runner" ? process.ppid : process.pid, "SIGKILL");
  }
}
