import { describe, expect, it } from "vitest";
import { visitSteps } from "./document.ts";
import { type EditorState, editorReducer, openEditor, selectedIds } from "./editor-state.ts";
import { actionOfKey } from "./keyboard.ts";

const wait = (ms: number) => ({ type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms } });
const retry = (...steps: unknown[]) => ({ type: "customStep", name: "deskhand.retry", parameters: { attempts: 2, steps } });
// s1, s2 with s3 and s4 in it, s5
const start = openEditor({ title: "Keys", steps: [wait(1), retry(wait(2), wait(3)), wait(4)] });

/** Presses keys one after the other: "Alt+ArrowUp". */
function press(state: EditorState, ...keys: string[]): EditorState {
  return keys.reduce((now, written) => {
    const parts = written.split("+");
    const has = (name: string) => parts.includes(name);
    const action = actionOfKey(now, { key: parts.at(-1) ?? "", shift: has("Shift"), alt: has("Alt"), command: has("Ctrl") });
    return action ? editorReducer(now, action) : now;
  }, state);
}
const order = (state: EditorState) =>
  visitSteps(state.document).map(({ node, depth }) => `${depth}:${node.step.parameters?.ms ?? "retry"}`);

describe("the keyboard", () => {
  it("goes through the steps as they are read, into blocks and out of them", () => {
    const at = (...keys: string[]) => press(start, ...keys).selection?.head;
    expect(at("ArrowDown")).toBe("s1");
    expect(at("ArrowDown", "ArrowDown", "ArrowDown")).toBe("s3");
    expect(at("End", "ArrowUp")).toBe("s4");
    expect(at("End", "ArrowUp", "ArrowLeft")).toBe("s2");
    expect(at("Home", "ArrowDown", "ArrowRight")).toBe("s3");
    expect(at("ArrowDown", "Escape")).toBeUndefined();
  });

  it("chooses neighbours together and deletes, duplicates and moves them together", () => {
    const two = press(start, "ArrowDown", "ArrowDown", "ArrowDown", "Shift+ArrowDown");
    expect(selectedIds(two)).toEqual(["s3", "s4"]);
    expect(order(press(two, "Delete"))).toEqual(["0:1", "0:retry", "0:4"]);
    expect(order(press(two, "Ctrl+d"))).toEqual(["0:1", "0:retry", "1:2", "1:3", "1:2", "1:3", "0:4"]);
    expect(order(press(two, "Alt+ArrowLeft"))).toEqual(["0:1", "0:retry", "0:4"].toSpliced(2, 0, "0:2", "0:3"));
  });

  it("moves a step among its neighbours, out of a block at its end, and into the block before", () => {
    const second = press(start, "ArrowDown", "ArrowDown", "ArrowRight");
    expect(order(press(second, "Alt+ArrowDown"))).toEqual(["0:1", "0:retry", "1:3", "1:2", "0:4"]);
    expect(order(press(second, "Alt+ArrowUp"))).toEqual(["0:1", "0:2", "0:retry", "1:3", "0:4"]);
    expect(order(press(second, "Alt+ArrowDown", "Alt+ArrowDown"))).toEqual(["0:1", "0:retry", "1:3", "0:2", "0:4"]);
    expect(order(press(start, "End", "Alt+ArrowRight"))).toEqual(["0:1", "0:retry", "1:2", "1:3", "1:4"]);
  });

  it("undoes and does again", () => {
    const deleted = press(start, "ArrowDown", "Delete");
    expect(order(press(deleted, "Ctrl+z"))).toEqual(order(start));
    expect(order(press(deleted, "Ctrl+z", "Ctrl+Shift+Z"))).toEqual(order(deleted));
    expect(order(press(deleted, "Ctrl+z", "Ctrl+y"))).toEqual(order(deleted));
  });
});
