// Stands in for the worker: the effect of a run is a line in a file that nothing of the protocol reads or writes.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { FaultSwitch, settingsVariable } from "./fault-switch.ts";
import { createRandom } from "./random.ts";
import type { RunnerSettings } from "./runner-process.ts";

const settings = JSON.parse(process.env[settingsVariable] ?? "") as RunnerSettings;
const random = createRandom(settings.seed).fork("worker");
// the runner starts one worker after the other with the same words: a fault that was made is not made again
const { hitsFile, workerFault } = settings;
const isMade = workerFault && existsSync(hitsFile) && readFileSync(hitsFile, "utf8").includes(`{"id":${workerFault.id},`);
const faults = new FaultSwitch({ hitsFile, fault: isMade ? undefined : workerFault, cut() {} });
const underWay = new Map<string, NodeJS.Timeout>();
const say = (message: object) => process.send?.(message, () => {});
const tell = (runId: string, event: object) => say({ type: "event", runId, event: { at: Date.now(), ...event } });
const end = (runId: string, status: string, code?: string) => tell(runId, { kind: "finished", status, code, data: {} });

function act(runId: string) {
  underWay.delete(runId);
  faults.reach("is about to act");
  appendFileSync(settings.effectsFile, `${runId}\n`);
  faults.reach("has acted");
  tell(runId, { kind: "step-finished", index: 0, status: "succeeded", durationMs: 1 });
  tell(runId, { kind: "closing" });
  end(runId, "succeeded");
  faults.reach("has told");
}

process.on("message", ({ type, runId }: { type: string; runId: string }) => {
  if (type === "shutdown") process.exit(0);
  if (type === "cancel" && underWay.has(runId)) {
    clearTimeout(underWay.get(runId));
    underWay.delete(runId);
    end(runId, "cancelled", "CANCELLED");
  }
  if (type !== "run") return;
  faults.reach("is given a run");
  tell(runId, { kind: "started" });
  tell(runId, { kind: "step-started", index: 0 });
  underWay.set(
    runId,
    setTimeout(() => act(runId), random.between(0, 60)),
  );
});
process.on("disconnect", () => process.exit(0));
say({ type: "ready", browser: { path: "/none", version: "1" } });
