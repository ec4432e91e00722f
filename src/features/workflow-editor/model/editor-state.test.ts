import { maxDepth } from "@deskhand/shared/schemas/parse-steps";
import { parseRecordingData, recordingSchema } from "@deskhand/shared/schemas/recording";
import { everyBlock } from "@deskhand/shared/schemas/testing/every-block";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copySteps, readSteps } from "./clipboard.ts";
import { idsWithin, listNames, nodeOf, type Place, visitSteps, writeDocument } from "./document.ts";
import { type EditorAction, type EditorState, editorReducer, openEditor, placeAfterSelection, selectedIds } from "./editor-state.ts";
import { blockEntries, findEntry, makeStep } from "./step-catalog.ts";

const wait = (ms: number) => ({ type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms } });
const branch = (steps: unknown[], other?: unknown[]) => ({
  type: "customStep",
  name: "deskhand.if",
  parameters: {
    condition: { kind: "url", operator: "contains", value: "/" },
    steps,
    ...(other && { else: other }),
  },
});
const sample = { title: "Sample", steps: [wait(1), branch([wait(2), wait(3)], [wait(4)]), wait(5)] };

const apply = (state: EditorState, ...actions: EditorAction[]) => actions.reduce(editorReducer, state);
const written = (state: EditorState) => writeDocument(state.document);
const ids = (state: EditorState) => visitSteps(state.document).map(({ id }) => id);
const times = (state: EditorState) => visitSteps(state.document).map(({ node }) => node.step.parameters?.ms ?? "if");

/** The id of the step that waits so long. */
const at = (state: EditorState, ms: number) => visitSteps(state.document).find(({ node }) => node.step.parameters?.ms === ms)?.id ?? "none";
const block = (state: EditorState) => visitSteps(state.document).find(({ node }) => node.step.name === "deskhand.if")?.id ?? "none";

describe("a document in the editor", () => {
  it("is written as it was read, whatever it holds", () => {
    expect(writeDocument(openEditor(everyBlock).document)).toEqual(everyBlock);
    expect(writeDocument(openEditor(sample).document)).toEqual(sample);
  });

  it("keeps what it does not know", () => {
    const odd = {
      title: "Odd",
      selectorAttribute: "data-x",
      later: 1,
      steps: [
        { type: "fly", height: 3 },
        { type: "click", extra: [1] },
      ],
    };
    expect(writeDocument(openEditor(odd).document)).toEqual(odd);
  });
});

describe("a step that the address names", () => {
  it("is chosen at first, counted as people read them, and nothing is where there is no such step", () => {
    const chosen = (step?: number) => {
      const state = openEditor(sample, step);
      return selectedIds(state).map((id) => state.document.nodes[id]?.step);
    };
    expect(chosen(3)).toEqual([visitSteps(openEditor(sample).document)[2]?.node.step]);
    expect([chosen(99), chosen(0), chosen()]).toEqual([[], [], []]);
  });
});

describe("a change", () => {
  it("moves steps into a block, to where the step stood that they were dropped on", () => {
    const state = openEditor(sample);
    const moved = apply(state, { do: "move", ids: [at(state, 5)], place: { parent: block(state), list: "steps", index: 1 } });
    expect(times(moved)).toEqual([1, "if", 2, 5, 3, 4]);
    const down = apply(state, { do: "move", ids: [at(state, 1)], place: { parent: null, list: "steps", index: 3 } });
    expect(times(down)).toEqual(["if", 2, 3, 4, 5, 1]);
  });

  it("does not move a block into itself, nor blocks deeper than a runner takes", () => {
    const state = openEditor(sample);
    expect(apply(state, { do: "move", ids: [block(state)], place: { parent: block(state), list: "else", index: 0 } })).toBe(state);
    let deep: unknown = wait(1);
    for (let depth = 1; depth < maxDepth; depth++) deep = branch([deep]);
    const full = openEditor({ title: "Deep", steps: [deep, wait(2)] });
    expect(parseRecordingData(written(full)).ok).toBe(true);
    expect(apply(full, { do: "wrap", ids: [at(full, 2)], block: branch([]) })).not.toBe(full);
    expect(apply(full, { do: "wrap", ids: [at(full, 1)], block: branch([]) })).toBe(full);
  });

  it("wraps neighbours in a block, and unwraps it to what was inside of all its lists", () => {
    const state = openEditor({ title: "Flat", steps: [wait(1), wait(2), wait(3)] });
    const chosen = apply(state, { do: "select", id: at(state, 1) }, { do: "select", id: at(state, 2), extend: true });
    const wrapped = apply(chosen, { do: "wrap", ids: selectedIds(chosen), block: branch([], []) });
    expect(times(wrapped)).toEqual(["if", 1, 2, 3]);
    const open = openEditor(sample);
    const unwrapped = apply(open, { do: "unwrap", id: block(open) });
    expect(times(unwrapped)).toEqual([1, 2, 3, 4, 5]);
    expect(selectedIds(unwrapped)).toHaveLength(3);
  });

  it("chooses what it made, and what is next to what it took away", () => {
    const state = openEditor(sample);
    const made = apply(state, { do: "select", id: at(state, 2) });
    const inserted = apply(made, { do: "insert", place: placeAfterSelection(made), steps: [wait(9)] });
    expect(times(inserted)).toEqual([1, "if", 2, 9, 3, 4, 5]);
    expect(selectedIds(inserted)).toEqual([at(inserted, 9)]);
    expect(selectedIds(apply(inserted, { do: "remove", ids: [at(inserted, 9)] }))).toEqual([at(inserted, 3)]);
    expect(selectedIds(apply(state, { do: "remove", ids: [at(state, 4)] }))).toEqual([block(state)]);
  });

  it("is undone with its choice, letters of one field together", () => {
    const state = apply(openEditor(sample), { do: "select", id: "s1" });
    const type = (ms: number): EditorAction => ({ do: "update", id: "s1", step: wait(ms), field: "parameters.ms" });
    const typed = apply(state, type(12), type(123), type(1234));
    expect(times(typed)[0]).toBe(1234);
    expect(written(apply(typed, { do: "undo" }))).toEqual(sample);
    const twice = apply(typed, { do: "settle" }, type(7), { do: "undo" });
    expect(times(twice)[0]).toBe(1234);
    expect(apply(twice, { do: "redo" }).document).toEqual(apply(typed, { do: "settle" }, type(7)).document);
  });

  it("carries copied steps to another document as JSON", () => {
    const state = openEditor(sample);
    const steps = readSteps(copySteps(state.document, [block(state)])) ?? [];
    const other = apply(openEditor({ title: "Other", steps: [] }), {
      do: "insert",
      place: { parent: null, list: "steps", index: 0 },
      steps,
    });
    expect(written(other).steps).toEqual([sample.steps[1]]);
    expect(readSteps("hello")).toBeNull();
    expect(readSteps('{"title":"x"}')).toBeNull();
    expect(readSteps(JSON.stringify(wait(1)))).toEqual([wait(1)]);
  });
});

// a number each for what is done, to which step, to which list and where in it
const gesture = fc.tuple(fc.nat(9), fc.nat(30), fc.nat(30), fc.nat(5));

function act(state: EditorState, [kind, one, two, index]: [number, number, number, number]): EditorAction {
  const all = ids(state);
  const id = all[one % Math.max(1, all.length)];
  const parents = [null, ...all.filter((key) => listNames(nodeOf(state.document, key).step).length > 0)];
  const parent = parents[two % parents.length] ?? null;
  const lists = parent === null ? ["steps"] : listNames(nodeOf(state.document, parent).step);
  const place: Place = { parent, list: lists[index % lists.length] ?? "steps", index };
  const entry = blockEntries[two % blockEntries.length];
  const made = entry && makeStep(state.document, entry);
  if (id === undefined || made === undefined) return { do: "insert", place, steps: [wait(one)] };
  const actions: EditorAction[] = [
    { do: "insert", place, steps: [made.name === "deskhand.loop" ? wait(one) : made] },
    { do: "move", ids: [id], place },
    { do: "duplicate", ids: [id] },
    { do: "remove", ids: [id] },
    { do: "update", id, step: { ...nodeOf(state.document, id).step, deskhand: { note: `note ${index}` } }, field: "note" },
    { do: "wrap", ids: [id], block: made.name === "deskhand.loop" ? branch([], []) : made },
    { do: "unwrap", id },
    { do: "header", header: { ...state.document.header, title: `Title ${index}` }, field: "title" },
    { do: "select", id, extend: index % 2 === 0 },
    { do: index % 2 === 0 ? "undo" : "redo" },
  ];
  return actions[kind] as EditorAction;
}

describe("any sequence of changes", () => {
  const start = { title: "Start", steps: [wait(1), branch([wait(2)], [wait(3)]), wait(4)] };

  it("gives the first document when it is undone, and the last when it is done again", () => {
    fc.assert(
      fc.property(fc.array(gesture, { maxLength: 40 }), (gestures) => {
        let state = openEditor(start);
        for (const one of gestures) state = editorReducer(state, act(state, one));
        const last = written(state);
        let undone = state;
        while (undone.past.length > 0) undone = editorReducer(undone, { do: "undo" });
        expect(written(undone)).toEqual(start);
        while (undone.future.length > 0) undone = editorReducer(undone, { do: "redo" });
        // a redo that was open already goes further than the last change
        if (state.future.length === 0) expect(written(undone)).toEqual(last);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves a document that parses, holds each step once, and is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(gesture, { maxLength: 40 }), (gestures) => {
        let state = openEditor(start);
        for (const one of gestures) {
          state = editorReducer(state, act(state, one));
          const json = written(state);
          const reached = state.document.steps.flatMap((id) => idsWithin(state.document, id));
          expect(new Set(reached).size).toBe(reached.length);
          expect(reached.toSorted()).toEqual(Object.keys(state.document.nodes).toSorted());
          for (const id of selectedIds(state)) expect(state.document.nodes[id]).toBeDefined();
          expect(writeDocument(openEditor(json).document)).toEqual(json);
        }
        const parsed = parseRecordingData(written(state));
        expect(parsed.ok ? "ok" : parsed.issues).toBe("ok");
        expect(recordingSchema.safeParse(written(state)).success).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("the palette", () => {
  it("makes loops whose items have names of their own", () => {
    const loop = findEntry("loop");
    if (!loop) throw new Error("no loop");
    const state = openEditor({ title: "Loops", inputs: { properties: { item: { type: "string" } } }, steps: [] });
    const first = makeStep(state.document, loop);
    const one = apply(state, { do: "insert", place: { parent: null, list: "steps", index: 0 }, steps: [first] });
    const second = makeStep(one.document, loop);
    expect([first.parameters?.as, second.parameters?.as]).toEqual(["item2", "item3"]);
  });
});
