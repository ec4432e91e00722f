import { describe, expect, it } from "vitest";
import { openWorkerBed } from "../testing/worker-bed.ts";

const bed = openWorkerBed();

const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const answer = { answer: { type: "object", output: true } };
const { run } = bed;

it("another workflow runs in place of a step, with inputs and a result of its own", async () => {
  const hash = "a".repeat(64);
  const inner = {
    title: "Inner",
    inputs: { properties: { page: { type: "string" } }, required: ["page"] },
    steps: [open("{{page}}"), custom("extract", { kind: "text", key: "heading", selectors: ["h1"] })],
  };
  const step = (page: string) =>
    custom("workflow", { workflowId: "0190a000-0000-7000-8000-000000000001", version: hash, inputs: { page }, into: "answer" });
  const { finished, events } = await run([step("two"), { type: "close" }], { workflows: { [hash]: inner }, extra: { variables: answer } });
  expect(finished).toMatchObject({ status: "succeeded", data: { answer: { heading: "Two" } } });
  expect(events.filter(({ kind }) => kind === "step-finished")).toHaveLength(4);
  const broken = { ...inner, steps: [...inner.steps, { ...click("#never"), timeout: 100 }] };
  expect((await run([step("two")], { workflows: { [hash]: broken }, extra: { variables: answer } })).finished).toMatchObject({
    code: "SELECTOR_NOT_FOUND",
    step: 0,
    message: expect.stringMatching(/^In “Inner”, step 3:/),
  });
  expect((await run([step("two")], { extra: { variables: answer } })).finished).toMatchObject({ code: "WORKFLOW_MISSING" });
});

it("another workflow has no more time than the step that runs it", async () => {
  const hash = "b".repeat(64);
  const endless = { title: "Endless", steps: [custom("wait", { for: "time", ms: 600_000 })] };
  const parameters = { workflowId: "0190a000-0000-7000-8000-000000000001", version: hash };
  const step = { ...custom("workflow", parameters), deskhand: { timeoutMs: 200 } };
  expect((await run([step], { workflows: { [hash]: endless } })).finished).toMatchObject({ code: "STEP_TIMEOUT", step: 0 });
});

describe("a workflow that a step runs", () => {
  const version = "a".repeat(64);
  const call = { ...custom("workflow", { workflowId: "01890000-0000-7000-8000-000000000000", version }) };
  const told = (events: Awaited<ReturnType<typeof run>>["events"]) =>
    events.flatMap((event) => (event.kind === "step-finished" ? [[event.index, event.status, event.turn ?? 0] as const] : []));

  it("is told step by step, after the run's own, with pictures, lines and turns", async () => {
    const workflows = {
      [version]: {
        title: "Called",
        steps: [open("form.html"), custom("set", { variable: "n", value: 1 })],
        variables: { n: { type: "number" } },
      },
    };
    const steps = [open("form.html"), custom("loop", { over: { kind: "times", times: 2 }, steps: [call] })];
    const { finished, events } = await run(steps, { workflows });
    expect(finished.status).toBe("succeeded");
    expect(told(events)).toEqual([
      ...[
        [0, "succeeded", 1],
        [3, "succeeded", 1],
        [4, "succeeded", 1],
        [2, "succeeded", 1],
      ],
      ...[
        [3, "succeeded", 2],
        [4, "succeeded", 2],
        [2, "succeeded", 2],
        [1, "succeeded", 1],
      ],
    ]);
    const lines = events.flatMap((event) => (event.kind === "log" ? [[event.step, event.message] as const] : []));
    expect(lines).toContainEqual([2, "Step 3 of 3: Run workflow · “Called”"]);
    expect(lines).toContainEqual([4, "Step 3.2 in “Called”: Set · n"]);
    expect(lines).toContainEqual([4, "Step 3.2 in “Called” (turn 2): Set · n"]);
    const pictures = events.flatMap((event) => (event.kind === "artifact" && event.type === "screenshot" ? [event] : []));
    expect(pictures.map(({ step, name }) => [step, name])).toContainEqual([3, "Step 3.1"]);
  });

  it("names its steps in what it tells of their tries", async () => {
    const tries = custom("retry", {
      attempts: 2,
      backoffMs: 1,
      steps: [{ ...click("#no-such-thing"), timeout: 200 }],
      fallback: [open("form.html")],
    });
    const { finished, events } = await run([open("form.html"), call], { workflows: { [version]: { title: "Called", steps: [tries] } } });
    expect(finished.status).toBe("succeeded");
    const warned = events.flatMap((event) =>
      event.kind === "log" && event.level === "warn" ? [[event.step, event.message] as const] : [],
    );
    expect(warned).toContainEqual([2, expect.stringMatching(/^Attempt 1 of 2 failed at step 2\.2 /)]);
  });

  it("fails at its own step, and the steps after it are skipped", async () => {
    const workflows = { [version]: { title: "Called", steps: [{ ...click("#no-such-thing"), timeout: 200 }, open("form.html")] } };
    const { finished, events } = await run([open("form.html"), call], { workflows });
    expect(finished).toMatchObject({
      status: "failed",
      code: "SELECTOR_NOT_FOUND",
      step: 1,
      message: expect.stringContaining("In “Called”, step 1"),
    });
    expect(told(events)).toEqual([
      [0, "succeeded", 1],
      [2, "failed", 1],
      [1, "failed", 1],
      [3, "skipped", 0],
    ]);
    const errors = events.flatMap((event) =>
      event.kind === "log" && event.level === "error" ? [[event.step, event.message] as const] : [],
    );
    expect(errors).toEqual([[2, expect.stringMatching(/^Step 2\.1 failed \(SELECTOR_NOT_FOUND\): In “Called”, step 1/)]]);
  });
});
