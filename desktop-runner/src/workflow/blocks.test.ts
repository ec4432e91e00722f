import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeTestRuns, launchTestBrowser, runSteps } from "../testing/browser.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchTestBrowser();
});
afterEach(closeTestRuns);
afterAll(() => browser.close());

const custom = (name: string, parameters: unknown, deskhand?: object) => ({
  type: "customStep",
  name: `deskhand.${name}`,
  parameters,
  ...(deskhand && { deskhand }),
});
const click = (...selectors: (string | string[])[]) => ({ type: "click", selectors, offsetX: 1, offsetY: 1 });
const loop = (over: unknown, steps: unknown[], extra = {}) => custom("loop", { over, steps, ...extra });
const fail = { ...custom("assert", { check: "visible", selectors: ["#never"] }), timeout: 50 };
const html = (body: string) => async (page: import("playwright-core").Page) => page.setContent(`<pre id="log"></pre>${body}`);
const add = (what: string) => custom("script", { code: `document.querySelector("#log").append(${what} + "\\n");` });
const run = (steps: unknown[], options: Parameters<typeof runSteps>[2] = {}) =>
  runSteps(browser, steps, { prepare: html(""), ...options, extra: { timeout: 15_000, ...options.extra } });

describe("conditions", () => {
  const page = html('<button>Yes</button><p id="price">Price: 12</p><i style="display:none">no</i>');
  const variables = { count: { type: "number", default: 3 }, list: { type: "list", default: ["a", 1] } };
  const truth = async (condition: unknown) => {
    const { outcome, log } = await run([custom("if", { condition, steps: [add('"yes"')], else: [add('"no"')] })], {
      prepare: page,
      extra: { variables },
    });
    expect(outcome.status).toBe("succeeded");
    return (await log()).join();
  };

  it.each([
    [{ kind: "element", selectors: ["aria/Yes"], state: "visible" }, "yes"],
    [{ kind: "element", selectors: ["i"], state: "hidden" }, "yes"],
    [{ kind: "text", selectors: ["#price"], operator: "matches", value: "\\d+$" }, "yes"],
    [{ kind: "text", selectors: ["#nothing"], operator: "contains", value: "" }, "no"],
    [{ kind: "url", operator: "equals", value: "about:blank" }, "yes"],
    [{ kind: "variable", name: "count", operator: "greater", value: 2 }, "yes"],
    [{ kind: "variable", name: "count", operator: "less", value: 3 }, "no"],
    [{ kind: "variable", name: "count", operator: "equals", value: "{{count}}" }, "yes"],
    [{ kind: "variable", name: "list", operator: "contains", value: 1 }, "yes"],
    [{ kind: "variable", name: "list.5", operator: "empty" }, "yes"],
    [{ kind: "not", condition: { kind: "any", conditions: [{ kind: "url", operator: "contains", value: "x" }] } }, "yes"],
  ])("decide which steps are carried out: %j", async (condition, branch) => {
    expect(await truth(condition)).toBe(branch);
  });

  it("leave the other branch skipped, and tell every step once", async () => {
    const { steps } = await run([
      custom("if", { condition: { kind: "url", operator: "contains", value: "x" }, steps: [add("1"), add("2")], else: [add("3")] }),
    ]);
    expect(steps.toSorted()).toEqual(["skipped", "skipped", "succeeded", "succeeded"]);
  });
});

describe("loops", () => {
  it("go through numbers, rows, CSV and texts that hold them", async () => {
    const inputs = { rows: '[{"n":"j1"},{"n":"j2"}]', csv: 'n;m\n"c ""1""";x\nc2;y\n' };
    const declared = { properties: { rows: { type: "string" }, csv: { type: "string" } } };
    const { outcome, log, turns } = await run(
      [
        loop({ kind: "times", times: 2 }, [add("{{item}}")]),
        loop({ kind: "data", rows: [{ n: "r1" }, { n: "r2" }] }, [add("{{row.n}}")], { as: "row" }),
        loop({ kind: "data", from: "rows" }, [add("{{row.n}}")], { as: "row" }),
        loop({ kind: "data", from: "csv" }, [add("{{row.n}} + {{row.m}}")], { as: "row" }),
      ],
      { inputs, extra: { inputs: declared } },
    );
    expect(outcome.status).toBe("succeeded");
    expect(await log()).toEqual(["1", "2", "r1", "r2", "j1", "j2", 'c "1"x', "c2y"]);
    expect(turns).toEqual({ 0: 1, 1: 2, 2: 1, 3: 2, 4: 1, 5: 2, 6: 1, 7: 2 });
  });

  it("go through elements, each of which stands for itself inside of the loop", async () => {
    const card = (n: number) => `<section class="card"><b>${n}</b><button onclick="log.append('got ${n}\\n')">Get</button></section>`;
    const { outcome, log } = await run(
      [
        loop({ kind: "elements", selectors: [".card"] }, [click(["loop/card", "aria/Get"]), add("{{card.index}} + {{card.text}}.length")], {
          as: "card",
        }),
      ],
      { prepare: html(card(7) + card(8)) },
    );
    expect(outcome).toMatchObject({ status: "succeeded" });
    expect(await log()).toEqual(
      ["got 7", "16", "got 8", "26"].map((line) => expect.stringMatching(line.startsWith("got") ? line : /^\d+$/)),
    );
  });

  it("go on while a condition holds, and fail when it holds for ever", async () => {
    const variables = { n: { type: "number", default: 0 } };
    const counting = [custom("script", { code: "return {{n}} + 1;", into: "n" })];
    const whileLess = { kind: "while", condition: { kind: "variable", name: "n", operator: "less", value: 5 } };
    const { outcome } = await run([loop(whileLess, counting)], { extra: { variables: { n: { ...variables.n, output: true } } } });
    expect(outcome).toEqual({ status: "succeeded", data: { n: 5 } });
    const endless = await run([
      loop({ kind: "while", condition: { kind: "url", operator: "contains", value: "" } }, [], { maxIterations: 7 }),
    ]);
    expect(endless.outcome).toMatchObject({ status: "failed", code: "LOOP_LIMIT", step: 0 });
  });

  it("end a list that is longer than allowed with a warning", async () => {
    const { outcome, turns, warnings } = await run([loop({ kind: "times", times: 500 }, [add("1")], { maxIterations: 3 })]);
    expect([outcome.status, turns[1]]).toEqual(["succeeded", 3]);
    expect(warnings[0]).toContain("3 turns");
  });

  it("of many thousand turns tell few of them, and the last", async () => {
    const { outcome, turns, steps } = await run(
      [loop({ kind: "times", times: 5000 }, [custom("set", { variable: "n", value: "{{item}}" })], { maxIterations: 9000 })],
      {
        extra: { variables: { n: { type: "number", output: true } } },
      },
    );
    expect(outcome).toMatchObject({ data: { n: 5000 } });
    expect(turns[1]).toBe(5000);
    expect(steps.length).toBeLessThan(200);
  });

  it("are left, or go on with the next turn, when a step of theirs fails and says so", async () => {
    const bad = (onError: string) => ({ ...fail, timeout: 1, deskhand: { onError } });
    const { outcome, log } = await run([
      loop({ kind: "times", times: 3 }, [
        add("{{item}}"),
        custom("if", { condition: { kind: "url", operator: "contains", value: "" }, steps: [bad("next-turn")] }),
        add('"not here"'),
      ]),
      loop({ kind: "times", times: 3 }, [add("{{item}}"), bad("leave-loop")]),
      bad("continue"),
      add('"end"'),
    ]);
    expect(outcome.status).toBe("succeeded");
    expect(await log()).toEqual(["1", "2", "3", "1", "end"]);
  });

  it("can be cancelled in the middle of a turn", async () => {
    const controller = new AbortController();
    const { outcome } = await run([loop({ kind: "times", times: 1000 }, [custom("wait", { for: "time", ms: 60_000 })])], {
      signal: controller.signal,
      onStep: (index) => index === 1 && controller.abort(),
    });
    expect(outcome).toMatchObject({ status: "cancelled", step: 1 });
  });
});

describe("trying again", () => {
  const counted = (works: number) =>
    custom("script", {
      code: `window.tries = (window.tries ?? 0) + 1; if (window.tries < ${works}) throw new TypeError("secret"); return 1;`,
    });

  it("a step is tried as often as it says, with its waits", async () => {
    const { outcome, warnings } = await run([{ ...counted(3), deskhand: { retries: 2, backoffMs: 1 } }]);
    expect(outcome.status).toBe("succeeded");
    expect(warnings).toHaveLength(2);
    const gaveUp = await run([{ ...counted(3), deskhand: { retries: 1, backoffMs: 1 } }]);
    expect(gaveUp.outcome).toMatchObject({ code: "SCRIPT_FAILED", message: "The script failed in the page (TypeError)." });
  });

  it("a block is tried as a whole, then its fallback", async () => {
    const block = (attempts: number, fallback?: unknown[]) =>
      custom("retry", { attempts, backoffMs: 1, steps: [add('"try"'), counted(3)], ...(fallback && { fallback }) });
    expect(await (await run([block(3)])).log()).toEqual(["try", "try", "try"]);
    expect(await (await run([block(2, [add('"instead"')])])).log()).toEqual(["try", "try", "instead"]);
    const { outcome, steps } = await run([block(2), add("1")]);
    expect(outcome).toMatchObject({ status: "failed", code: "SCRIPT_FAILED", step: 2 });
    expect(steps.at(-1)).toBe("skipped");
  });

  it("a block's time is for all that is inside of it", async () => {
    const { outcome } = await run([custom("retry", { attempts: 50, backoffMs: 1, steps: [fail] }, { timeoutMs: 200 })]);
    expect(outcome).toMatchObject({ status: "failed", step: expect.any(Number) });
  });

  it("what is expected after a step has to come true", async () => {
    const expected = (text: string) => ({
      ...add('"x"'),
      deskhand: { timeoutMs: 3000, expect: { kind: "text", selectors: ["#log"], operator: "contains", value: text } },
    });
    expect((await run([expected("x")])).outcome.status).toBe("succeeded");
    expect((await run([expected("y")])).code).toBe("ASSERTION_FAILED");
  });

  it("a step that is turned off is passed over with what is inside of it", async () => {
    const { steps, log } = await run([custom("retry", { attempts: 1, steps: [add("1")] }, { disabled: true }), add("2")]);
    expect(steps).toEqual(["skipped", "skipped", "succeeded"]);
    expect(await log()).toEqual(["2"]);
  });
});
