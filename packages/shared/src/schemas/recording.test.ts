import { parse as replayParse } from "@puppeteer/replay";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxRecordingBytes, parseRecording, parseRecordingData, recordingSchema } from "./recording.ts";
import { customStepNames, recorderStepSchemas } from "./recording-steps.ts";

const click = { type: "click", selectors: [["aria/Sign in"], ["#go"]], offsetX: 3, offsetY: 4 };
const everyStep = [
  {
    type: "setViewport",
    width: 1280,
    height: 720,
    deviceScaleFactor: 1,
    isMobile: false,
    hasTouch: false,
    isLandscape: false,
    target: "main",
  },
  {
    type: "navigate",
    url: "http://localhost/",
    assertedEvents: [{ type: "navigation", url: "http://localhost/", title: "Home" }],
    timeout: 9000,
  },
  { ...click, button: "secondary", deviceType: "touch", duration: 50, frame: [0, 1] },
  { ...click, type: "doubleClick" },
  { type: "change", selectors: ["css/#name", "xpath///input", "pierce/#name", "text/Name"], value: "x" },
  { type: "hover", selectors: ["#a"] },
  { type: "keyDown", key: "Enter" },
  { type: "keyUp", key: "Enter" },
  { type: "scroll" },
  { type: "scroll", selectors: ["#list"], x: 1, y: 2 },
  {
    type: "waitForElement",
    selectors: ["li"],
    operator: ">=",
    count: 2,
    visible: true,
    properties: { id: "x" },
    attributes: { role: "row" },
  },
  { type: "waitForExpression", expression: "document.title" },
  { type: "emulateNetworkConditions", download: 1, upload: 2, latency: 3 },
  { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "name", selectors: ["h1"] } },
  { type: "customStep", name: "deskhand.extract", parameters: { kind: "table", key: "rows", selectors: ["table"], nextPage: ["#n"] } },
  { type: "customStep", name: "deskhand.screenshot", parameters: { name: "end", fullPage: true } },
  { type: "customStep", name: "deskhand.assert", parameters: { check: "url", operator: "matches", value: "/done$" } },
  { type: "close" },
];

function issuesOf(data: unknown) {
  const result = parseRecordingData(data);
  return result.ok ? [] : result.issues;
}

describe("parseRecording", () => {
  it("reads every step type as Google's parser reads it", () => {
    const text = JSON.stringify({ title: "All", timeout: 5000, selectorAttribute: "data-testid", steps: everyStep });
    const result = parseRecording(text);
    expect(result).toMatchObject({ ok: true });
    if (result.ok) expect(JSON.parse(JSON.stringify(result.recording))).toEqual(replayParse(JSON.parse(text)));
  });

  it("names the step and the field that is wrong", () => {
    expect(issuesOf({ title: "t", steps: [{ type: "close" }, { ...click, offsetX: "3" }] })).toEqual([
      { step: 1, path: "steps[1]", field: "offsetX", message: expect.stringMatching(/^Step 2 \(click\): "offsetX" must be a number/) },
    ]);
    expect(issuesOf({ title: "t", steps: [{ ...click, selectors: [] }] })[0]?.message).toBe(
      'Step 1 (click): "selectors" must not be empty.',
    );
    expect(issuesOf({ title: "t", steps: [{ ...click, button: "left" }] })[0]?.message).toContain('"primary"');
    expect(issuesOf({ title: "t", steps: [{ type: "close", timeout: 60_000 }] })[0]?.message).toContain("at most 30000");
    expect(issuesOf({ steps: [] })[0]).toMatchObject({ step: null, field: "title" });
    expect(issuesOf({ title: "t", steps: {} })[0]).toMatchObject({ step: null, field: "steps" });
  });

  it("names an unknown step type together with the allowed ones", () => {
    const result = parseRecordingData({ title: "t", steps: [{ type: "teleport" }] });
    expect(result).toMatchObject({ ok: false, code: "RECORDING_STEP_UNKNOWN", issues: [{ step: 0, field: "type" }] });
    const message = issuesOf({ title: "t", steps: [{ type: "teleport" }] })[0]?.message ?? "";
    expect(message).toContain('"teleport" is not a step type');
    for (const type of Object.keys(recorderStepSchemas)) expect(message).toContain(type);
    expect(issuesOf({ title: "t", steps: [{ type: "constructor" }] })[0]?.message).toContain("is not a step type");
  });

  it("refuses a customStep that no runner can carry out, with the names it knows", () => {
    const message = issuesOf({ title: "t", steps: [{ type: "customStep", name: "acme.dance", parameters: {} }] })[0]?.message ?? "";
    for (const name of customStepNames) expect(message).toContain(name);
  });

  it("refuses more than 2 MB before it parses, and what is not JSON or not a recording", () => {
    expect(parseRecording(" ".repeat(maxRecordingBytes + 1))).toMatchObject({ ok: false, code: "RECORDING_TOO_LARGE" });
    expect(parseRecording("é".repeat(maxRecordingBytes / 2 + 1))).toMatchObject({ ok: false, code: "RECORDING_TOO_LARGE" });
    expect(parseRecording("{title:")).toMatchObject({ ok: false, code: "RECORDING_NOT_JSON" });
    for (const text of ["null", "[]", '"x"', "{}", '{"log":{"entries":[]}}']) {
      expect(parseRecording(text)).toMatchObject({ ok: false, code: "RECORDING_NOT_A_RECORDING" });
    }
  });

  it("refuses a template that names an undeclared input or stands where it would become query syntax", () => {
    const inputs = { type: "object", properties: { user: { type: "string" } } };
    const change = { type: "change", selectors: ["#a"], value: "{{inputs.user}}" };
    expect(parseRecordingData({ title: "t", inputs, steps: [change] })).toMatchObject({ ok: true });
    expect(parseRecordingData({ title: "t", inputs, steps: [{ ...change, value: "{{ inputs.usr }}" }] })).toMatchObject({
      ok: false,
      code: "RECORDING_TEMPLATE_INVALID",
      issues: [{ step: 0, field: "value", message: expect.stringContaining('"usr"') }],
    });
    for (const name of ["constructor", "__proto__", "user.length", "toString()"]) {
      expect(parseRecordingData({ title: "t", inputs, steps: [{ ...change, value: `{{inputs.${name}}}` }] })).toMatchObject({ ok: false });
    }
    expect(parseRecordingData({ title: "t", inputs, steps: [{ ...click, selectors: ["#{{inputs.user}}"] }] })).toMatchObject({
      ok: false,
      issues: [{ field: "selectors[0]" }],
    });
    expect(parseRecordingData({ title: "t", inputs, steps: [{ ...click, selectors: ["text/{{inputs.user}}"] }] })).toMatchObject({
      ok: true,
    });
  });

  it("refuses inputs that are declared badly", () => {
    const withInputs = (properties: unknown) => parseRecordingData({ title: "t", inputs: { type: "object", properties }, steps: [] });
    expect(withInputs({ age: { type: "integer", default: 1.5 } })).toMatchObject({ ok: false, code: "RECORDING_INPUTS_INVALID" });
    expect(withInputs({ "a b": { type: "string" } })).toMatchObject({ ok: false, code: "RECORDING_INPUTS_INVALID" });
    expect(withInputs({ constructor: { type: "string" } })).toMatchObject({ ok: false, code: "RECORDING_INPUTS_INVALID" });
    expect(withInputs({ list: { type: "array" } })).toMatchObject({ ok: false, issues: [{ field: "inputs.properties.list.type" }] });
  });

  it("accepts and refuses exactly what Google's parser does, known customSteps and templates apart", () => {
    const value = fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(null, "", "x", 0, 1.5, 40_000, true, {}, [], [1], ["a"], [["a"], []], { a: "b" }) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).filter((json) => !JSON.stringify(json).includes("__proto__")) },
    );
    const plain = everyStep.filter((step) => step.type !== "customStep") as Record<string, unknown>[];
    const fields = [...new Set(plain.flatMap((step) => Object.keys(step)))].filter((field) => field !== "type");
    const step = fc
      .tuple(
        fc.constantFrom(...plain),
        fc.array(fc.tuple(fc.constantFrom(...fields), fc.option(value, { nil: undefined })), { maxLength: 2 }),
      )
      .map(([original, changes]) => ({ ...original, ...Object.fromEntries(changes) }));
    const recording = fc.record({
      title: fc.oneof({ weight: 9, arbitrary: fc.string() }, { weight: 1, arbitrary: value }),
      timeout: fc.option(fc.constantFrom<unknown>(1, 30_000, 0, "5", null), { nil: undefined, freq: 2 }),
      selectorAttribute: fc.option(value, { nil: undefined, freq: 2 }),
      steps: fc.array(step, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(recording, (candidate) => {
        const data: unknown = JSON.parse(JSON.stringify(candidate));
        const ours = parseRecordingData(data);
        let theirs: unknown;
        try {
          theirs = replayParse(data);
        } catch {
          theirs = undefined;
        }
        expect(ours.ok).toBe(theirs !== undefined);
        if (ours.ok) {
          expect(recordingSchema.safeParse(ours.recording).success).toBe(true);
          expect(replayParse(ours.recording)).toEqual(JSON.parse(JSON.stringify(ours.recording)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
