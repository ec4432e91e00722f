// Stands in for the worker in tests: the title of the recording says what it does.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

process.on("disconnect", () => process.exit(0));

type Rules = { rules: { effect: string; pattern: string; by: string }[] };
type Run = {
  type: string;
  policy: Rules;
  runId: string;
  recording: { title: string };
  artifactsDir: string;
  inputs: Record<string, unknown>;
};
const hanging = new Map<string, string>();
const say = (message: object) => process.send?.(message, () => {});
const tell = (runId: string, event: object) => say({ type: "event", runId, event: { at: Date.now(), ...event } });
const end = (runId: string, status: string, code?: string) => tell(runId, { kind: "finished", status, code, data: {} });

const policyWords = ({ rules }: Rules) => ({
  kind: "host",
  rule: rules.map(({ effect, pattern, by }) => `${effect} ${pattern} by ${by}`).join(", ") || "none",
  subject: "policy",
});

process.on("message", (message: Run & { on?: boolean }) => {
  const { runId } = message;
  if (message.type === "shutdown") process.exit(0);
  if (message.type === "policy") {
    for (const id of hanging.keys()) tell(id, { kind: "refused", reason: policyWords(message.policy), count: 1, fatal: false });
  }
  if (message.type === "cancel" && hanging.get(runId) === "hang") {
    hanging.delete(runId);
    end(runId, "cancelled", "CANCELLED");
  }
  if (message.type === "live" && message.on) say({ type: "frame", runId, width: 10, height: 10, data: new Uint8Array([1, 2, 3]) });
  if (message.type === "live-ack") say({ type: "frame", runId, width: 10, height: 10, data: new Uint8Array([4]) });
  if (message.type !== "run") return;
  tell(runId, { kind: "started" });
  tell(runId, { kind: "log", step: 0, level: "info", message: `inputs: ${Object.keys(message.inputs).join(",")}` });
  tell(runId, { kind: "step-started", index: 0 });
  const { title } = message.recording;
  if (title === "refused") {
    const reason = { kind: "host", rule: "nothing allows it", subject: "ads.example" };
    for (const count of [1, 4]) tell(runId, { kind: "refused", reason, count, fatal: false });
  }
  if (title === "policy") tell(runId, { kind: "refused", reason: policyWords(message.policy), count: 1, fatal: false });
  if (title === "crash with a video") {
    mkdirSync(message.artifactsDir, { recursive: true });
    writeFileSync(path.join(message.artifactsDir, "video.part.mkv"), "as far as it came");
    process.exit(1);
  }
  if (title === "crash") process.exit(1);
  if (title === "ask a person") {
    tell(runId, { kind: "waiting", index: 0, reason: "step", until: Date.now() + 60_000 });
    return void hanging.set(runId, "hang");
  }
  if (title === "hang" || title === "stubborn") return void hanging.set(runId, title);
  if (title === "secret" && message.inputs.word !== "open sesame") return end(runId, "failed", "INPUT_INVALID");
  tell(runId, { kind: "step-finished", index: 0, status: "succeeded", durationMs: 1 });
  end(runId, "succeeded");
  if (title === "idle after") {
    say({ type: "idle" });
    // what comes now crosses the last words
    setTimeout(() => process.exit(0), 200);
    process.removeAllListeners("message");
  }
});
say({ type: "ready", browser: { path: "/fake", version: "1" } });
