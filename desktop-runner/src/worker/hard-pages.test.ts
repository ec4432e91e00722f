import { describe, expect, it } from "vitest";
import { openWorkerBed } from "../testing/worker-bed.ts";

const bed = openWorkerBed();

const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const answer = { answer: { type: "object", output: true } };
const { run } = bed;

describe("pages that make it hard", () => {
  it("one that moves its element is waited for", async () => {
    const { finished } = await run([open("moving"), click("#go"), custom("assert", { check: "visible", selectors: ["#go"] })]);
    expect(finished.status).toBe("succeeded");
  });

  it("one that navigates and draws itself anew in the middle of an action is acted on in the end", async () => {
    const title = { kind: "variable", name: "answer.title", operator: "equals", value: "clicked" };
    const { finished } = await run(
      [
        open("restless"),
        { ...click("button"), deskhand: { retries: 3, backoffMs: 20 } },
        custom("script", { code: "return { title: document.title };", into: "answer" }),
        custom("wait", { for: "condition", condition: title }),
      ],
      { extra: { variables: answer } },
    );
    expect(finished).toMatchObject({ status: "succeeded", data: { answer: { title: "clicked" } } });
  });

  it("an endless redirect is told as what it is", async () => {
    expect((await run([open("around")])).finished).toMatchObject({
      code: "NAVIGATION_FAILED",
      message: expect.stringContaining("without end"),
    });
  });

  it("alert after alert is answered, and the step goes on", async () => {
    expect((await run([open("alerts"), click("#go")])).finished.status).toBe("succeeded");
  });

  it("a table of 10,000 rows is read, and can be looped over", async () => {
    const variables = { rows: { type: "list" }, n: { type: "number", default: 0, output: true } };
    const { finished, events } = await run(
      [
        open("rows?n=10000"),
        custom("extract", { kind: "table", key: "rows", selectors: ["table"], into: "rows" }),
        custom("loop", {
          over: { kind: "data", from: "rows" },
          as: "row",
          maxIterations: 20_000,
          steps: [custom("set", { variable: "n", value: "{{row.Number}}" })],
        }),
      ],
      { extra: { variables } },
    );
    expect(finished).toMatchObject({ status: "succeeded", data: { n: 9999 } });
    expect(finished.data.rows).toHaveLength(10_000);
    expect(events.findLast((event) => event.kind === "step-finished" && event.index === 3)).toMatchObject({ turn: 10_000 });
    expect(events.length).toBeLessThan(500);
  });

  it("rows that come by a button are loaded until there are no more, or as often as allowed", async () => {
    const table = (extra: object) =>
      custom("extract", { kind: "table", key: "rows", selectors: ["table"], loadMore: ["aria/Load more"], ...extra });
    expect((await run([open("more"), table({})])).finished.data.rows).toHaveLength(4);
    expect((await run([open("more"), table({ maxPages: 2 })])).finished.data.rows).toHaveLength(2);
  });
});
