import { readFileSync } from "node:fs";
import { JSONStringifyExtension, parse as replayParse, stringify } from "@puppeteer/replay";
import { describe, expect, it } from "vitest";
import { permissionsOf } from "./permissions.ts";
import { parseRecordingData, type Recording } from "./recording.ts";
import { customStepNames } from "./recording-steps.ts";
import { stepTitle } from "./step-label.ts";
import { everyBlock } from "./testing/every-block.ts";
import { countSteps, walkSteps } from "./walk-steps.ts";

const click = { type: "click", selectors: ["#go"], offsetX: 1, offsetY: 1 };
const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const change = (value: string) => ({ type: "change", selectors: ["#a"], value });
const loop = (over: unknown, steps: unknown[], extra = {}) => custom("loop", { over, steps, ...extra });

function read(steps: unknown[], extra: object = {}): Recording {
  const parsed = parseRecordingData({ title: "t", steps, ...extra });
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join("\n"));
  return parsed.recording;
}

function issues(steps: unknown[], extra: object = {}) {
  const parsed = parseRecordingData({ title: "t", steps, ...extra });
  return parsed.ok ? [] : parsed.issues;
}

describe("blocks", () => {
  it("stay valid Recorder JSON, and come back from Google's parser as they were", async () => {
    const recording = read(everyBlock.steps, everyBlock);
    expect(new Set(walkSteps(recording.steps).flatMap(({ step }) => (step.type === "customStep" ? [step.name] : [])))).toEqual(
      new Set(customStepNames),
    );
    const theirs = replayParse(JSON.parse(JSON.stringify(recording)));
    expect(theirs.steps).toEqual(JSON.parse(JSON.stringify(recording.steps)));
    // the last line is a source map for DevTools
    const text = (await stringify(theirs, { extension: new JSONStringifyExtension() })).replace(/^\/\/.*$/m, "");
    const { inputs, variables, steps } = recording;
    expect(read(JSON.parse(text).steps, { inputs, variables }).steps).toEqual(steps);
  });

  it("are counted in the order in which they are read, each with its place", () => {
    const recording = read([
      click,
      custom("if", {
        condition: { kind: "url", operator: "contains", value: "x" },
        steps: [click],
        else: [loop({ kind: "times", times: 2 }, [click])],
      }),
      click,
    ]);
    expect(walkSteps(recording.steps).map(({ index, path, depth, parent }) => [index, path, depth, parent])).toEqual([
      [0, "steps[0]", 0, null],
      [1, "steps[1]", 0, null],
      [2, "steps[1].parameters.steps[0]", 1, 1],
      [3, "steps[1].parameters.else[0]", 1, 1],
      [4, "steps[1].parameters.else[0].parameters.steps[0]", 2, 3],
      [5, "steps[2]", 0, null],
    ]);
    expect(countSteps(recording.steps)).toBe(6);
  });

  it("tell what is wrong with a step inside of them by its number and place", () => {
    const bad = { ...click, offsetX: "1" };
    expect(issues([click, loop({ kind: "times", times: 2 }, [click, bad]), { type: "teleport" }])).toMatchObject([
      { step: 3, path: "steps[1].parameters.steps[1]", field: "offsetX", message: expect.stringMatching(/^Step 4 \(click\)/) },
      { step: 4, path: "steps[2]", field: "type" },
    ]);
    expect(issues([custom("loop", { over: { kind: "times", times: 1 } })])).toMatchObject([{ step: 0, field: "parameters.steps" }]);
  });

  it("have words for everybody", () => {
    const titles = walkSteps(read(everyBlock.steps, everyBlock).steps).map(({ step }) => stepTitle(step));
    expect(titles).toContain('If · "Accept" is visible');
    expect(titles).toContain("Repeat · for each of rows");
    expect(titles).toContain("Send request · POST https://api.example.com/items");
    expect(titles.every((title) => title.length > 2)).toBe(true);
  });

  it("may be 7 deep and no deeper, and a document may have 2,000 steps", () => {
    const nest = (depth: number): unknown =>
      depth === 0 ? click : loop({ kind: "times", times: 1 }, [nest(depth - 1)], { as: `i${depth}` });
    expect(issues([nest(7)])).toEqual([]);
    expect(issues([nest(8)])).toMatchObject([{ step: 8, message: expect.stringContaining("7 deep") }]);
    expect(issues(Array(2000).fill(click))).toEqual([]);
    expect(parseRecordingData({ title: "t", steps: Array(2001).fill(click) })).toMatchObject({ ok: false, code: "RECORDING_TOO_LONG" });
  });

  it("are refused before anything walks into them when they are without end", () => {
    const deep = JSON.parse(`${'{"kind":"not","condition":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    const data = { title: "t", steps: [custom("wait", { for: "condition", condition: deep })] };
    expect(parseRecordingData(data)).toMatchObject({ ok: false, code: "RECORDING_TOO_DEEP" });
  });
});

describe("values", () => {
  const variables = { total: { type: "number", default: 0 }, rows: { type: "list" } };

  it("are read where they are declared: as inputs, variables and items of the loops around", () => {
    const over = { kind: "data", from: "rows" };
    expect(issues([change("{{total}}"), loop(over, [change("{{row.name}} {{total}}")], { as: "row" })], { variables })).toEqual([]);
    expect(issues([loop(over, [], { as: "row" }), change("{{row.name}}")], { variables })).toMatchObject([{ step: 1, field: "value" }]);
    expect(issues([change("{{nope}}")], { variables })[0]?.message).toContain('"nope"');
    expect(issues([change("{{total.x}}")], { variables })[0]?.message).toContain("has no parts");
    expect(issues([loop({ kind: "data", from: "nope" }, [])])).toMatchObject([{ field: "parameters.over.from" }]);
    expect(issues([change("\\{{plain}} {{ 1 }}")])).toEqual([]);
  });

  it("are set only where a variable is declared, and no two things have one name", () => {
    expect(issues([custom("set", { variable: "total", value: 1 })], { variables })).toEqual([]);
    expect(issues([custom("set", { variable: "rows", value: 1, append: true })], { variables })).toEqual([]);
    expect(issues([custom("set", { variable: "total", value: 1, append: true })], { variables })).toMatchObject([
      { field: "parameters.append", message: expect.stringContaining("not declared as a list") },
    ]);
    expect(issues([custom("set", { variable: "nope", value: 1 })])).toMatchObject([{ field: "parameters.variable" }]);
    expect(issues([custom("script", { code: "1", into: "nope" })])).toMatchObject([{ field: "parameters.into" }]);
    expect(issues([loop({ kind: "times", times: 1 }, [], { as: "total" })], { variables })).toMatchObject([{ field: "parameters.as" }]);
    const inputs = { properties: { total: { type: "number" } } };
    expect(issues([], { inputs, variables })).toMatchObject([{ step: null, field: "variables.total" }]);
    expect(issues([], { variables: { a: { type: "list", default: "x" } } })).toMatchObject([{ field: "variables.a.default" }]);
  });

  it("stand for an element only inside of the loop that goes through elements", () => {
    const inside = { ...click, selectors: [["loop/card", "a.more"]] };
    const over = { kind: "elements", selectors: [".card"] };
    expect(issues([loop(over, [inside], { as: "card" })])).toEqual([]);
    expect(issues([inside])).toMatchObject([{ field: "selectors[0]" }]);
    expect(issues([loop({ kind: "times", times: 1 }, [inside], { as: "card" })])).toMatchObject([{ step: 1 }]);
  });
});

it("a test of the document gives no secret and only inputs that there are", () => {
  const inputs = { properties: { user: { type: "string" }, password: { type: "string", writeOnly: true } } };
  const of = (given: object) => issues([], { inputs, tests: [{ name: "a", inputs: given, expect: {} }] });
  expect(of({ user: "ann" })).toEqual([]);
  expect(of({ password: "x" })).toMatchObject([{ field: "tests[0].inputs.password" }]);
  expect(of({ nobody: "x" })).toMatchObject([{ field: "tests[0].inputs.nobody" }]);
});

it("how long a person is waited for is said once for a document", () => {
  const person = { timeoutMs: 3_600_000, onTimeout: "continue" };
  const asks = custom("human", { message: "Please look." });
  expect(read([asks], { person })).toMatchObject({ person, steps: [asks] });
  expect(issues([asks], { person: { timeoutMs: 5 } })).toMatchObject([{ step: null, field: "person.timeoutMs" }]);
  expect(issues([asks], { person: { onTimeout: "never" } })).toMatchObject([{ field: "person.onTimeout" }]);
});

it("whether runs keep a video is said once for a document", () => {
  for (const video of ["off", "failed", "always"]) expect(read([click], { video })).toMatchObject({ video, steps: [click] });
  expect(read([click])).not.toHaveProperty("video");
  for (const video of ["sometimes", true, null]) expect(issues([click], { video })).toMatchObject([{ step: null, field: "video" }]);
});

it("the examples in docs/workflows.md are documents", () => {
  const page = readFileSync(new URL("../../../../docs/workflows.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]) => JSON.parse(text));
  expect(examples.length).toBeGreaterThan(0);
  for (const { steps, ...extra } of examples) expect(issues(steps, extra), extra.title).toEqual([]);
});

it("what is signed tells of code, files and other workflows, and is what it was where there are none", () => {
  expect(permissionsOf(read([click]))).toEqual({ hosts: [], hostInputs: [], secrets: [], scripts: false });
  expect(permissionsOf(read(everyBlock.steps, everyBlock))).toEqual({
    hosts: ["api.example.com"],
    hostInputs: [],
    secrets: [],
    scripts: true,
    code: true,
    files: true,
    workflows: ["0".repeat(64)],
  });
});
