const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const click = { type: "click", selectors: ["#go"], offsetX: 1, offsetY: 1 };

/** A document with each customStep that there is. */
export const everyBlock = {
  title: "Every block",
  inputs: { properties: { user: { type: "string", default: "ann" } } },
  variables: {
    rows: { type: "list", default: [] },
    answer: { type: "object", output: true },
    count: { type: "number", default: 0 },
    text: { type: "string" },
  },
  person: { timeoutMs: 3_600_000, onTimeout: "continue" },
  video: "failed",
  tests: [{ name: "Ann", inputs: { user: "ann" }, expect: { answer: { ok: true } } }],
  steps: [
    custom("if", {
      condition: {
        kind: "all",
        conditions: [
          { kind: "element", selectors: ["aria/Accept"], state: "visible" },
          { kind: "not", condition: { kind: "variable", name: "count", operator: "greater", value: 3 } },
        ],
      },
      steps: [click],
      else: [custom("screenshot", { name: "no {{user}}" })],
    }),
    custom("if", { condition: { kind: "element", selectors: ["aria/Accept"], state: "visible" }, steps: [] }),
    custom("loop", {
      over: { kind: "data", from: "rows" },
      as: "row",
      maxIterations: 50,
      steps: [{ type: "change", selectors: ["aria/Name"], value: "{{row.name}}" }],
    }),
    custom("loop", {
      over: { kind: "elements", selectors: [".card"] },
      as: "card",
      steps: [{ ...click, selectors: [["loop/card", "a"]] }],
    }),
    custom("retry", {
      attempts: 3,
      backoffMs: 10,
      factor: 2,
      steps: [click],
      fallback: [custom("assert", { check: "url", operator: "contains", value: "/" })],
    }),
    custom("workflow", {
      workflowId: "0190a000-0000-7000-8000-000000000001",
      version: "0".repeat(64),
      inputs: { user: "{{user}}" },
      into: "answer",
    }),
    custom("wait", { for: "time", ms: 5 }),
    custom("drag", { selectors: ["aria/{{user}}"], to: ["#done"], offsetX: 2, offsetY: 2, toX: 5, toY: 5 }),
    custom("http", {
      method: "POST",
      url: "https://api.example.com/items?key={{user}}",
      headers: { Accept: "application/json" },
      body: { name: "{{user}}", count: "{{count}}" },
      expect: [200, 201],
      into: "answer",
    }),
    custom("extract", { kind: "text", key: "title", selectors: ["h1"], into: "text" }),
    custom("extract", { kind: "table", key: "prices", selectors: ["table"], append: true }),
    custom("upload", { selectors: ["#file"], file: { from: "path", path: "/tmp/{{user}}.txt" } }),
    custom("download", { selectors: ["aria/Export"], name: "export", into: "answer" }),
    custom("script", { code: "return document.title + {{user}};", into: "text" }),
    custom("code", { code: "return await page.title();", into: "text" }),
    custom("human", { message: "Please sign in.", timeoutMs: 60_000, onTimeout: "fail" }),
    custom("human", { message: "Please look." }),
    custom("ai", { instruction: "What is the price?", answer: { type: "object" }, into: "answer" }),
    custom("set", { variable: "count", value: "{{count}}" }),
    custom("set", { variable: "rows", value: { name: "{{text}}" }, append: true }),
  ],
};
