import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeTestRuns, launchTestBrowser, runSteps } from "../testing/browser.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";

let browser: Browser;
let site: FixtureSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchTestBrowser(), startFixtureSite()]);
});
afterEach(closeTestRuns);
afterAll(async () => {
  await browser.close();
  await site.close();
});

const open = (page: string) => ({ type: "navigate", url: `${site.origin}/${page}` });
const run = (steps: unknown[], options: Parameters<typeof runSteps>[2] = {}) => runSteps(browser, steps, options);

describe("our own steps", () => {
  it("reads text, attributes and a table over several pages", async () => {
    const extract = (parameters: object) => ({ type: "customStep", name: "deskhand.extract", parameters });
    const { outcome } = await run([
      open("items"),
      extract({ kind: "text", key: "first", selectors: [".item"] }),
      extract({ kind: "text", key: "all", selectors: [".item"], all: true }),
      extract({ kind: "attribute", key: "__proto__", selectors: [".item"], attribute: "data-id", all: true }),
      open("table"),
      extract({ kind: "table", key: "goods", selectors: ["table"], nextPage: ["#next"] }),
      open("table"),
      extract({ kind: "table", key: "names", selectors: ["table"], nextPage: ["#next"], columns: ["Name"], maxPages: 2 }),
    ]);
    expect(outcome.status).toBe("succeeded");
    expect(JSON.parse(JSON.stringify(outcome.data))).toMatchObject({
      first: "One",
      all: ["One", "Two"],
      goods: [
        { Name: "Tea", Price: "3" },
        { Name: "Milk", Price: "2" },
        { Name: "Salt", Price: "1" },
        { Name: "Rice", Price: "4" },
      ],
      names: [{ Name: "Tea" }, { Name: "Milk" }, { Name: "Salt" }],
    });
    expect(Object.getOwnPropertyDescriptor(outcome.data, "__proto__")?.value).toEqual(["1", "2"]);
  });

  it("checks what a page shows and where it is", async () => {
    const check = (parameters: object, timeout = 15_000) => ({ type: "customStep", name: "deskhand.assert", parameters, timeout });
    const selectors = [".item"];
    const good = await run([
      open("items"),
      check({ check: "visible", selectors }),
      check({ check: "hidden", selectors: ["#none"] }),
      check({ check: "text", selectors, operator: "matches", value: "^O.e$" }),
      check({ check: "text", selectors, operator: "contains", value: "On" }),
      check({ check: "count", selectors, count: 2 }),
      check({ check: "url", operator: "matches", value: "/items$" }),
    ]);
    expect(good.outcome.status).toBe("succeeded");
    const bad = await run([open("items"), check({ check: "text", selectors, operator: "equals", value: "s3cret" }, 200)]);
    expect(bad.outcome).toMatchObject({ code: "ASSERTION_FAILED", message: expect.not.stringContaining("s3cret") });
    expect((await run([open("items"), check({ check: "count", selectors, count: 5 }, 200)])).code).toBe("ASSERTION_FAILED");
    expect((await run([open("items"), check({ check: "url", operator: "matches", value: "(" }, 200)])).code).toBe("STEP_INVALID");
  });
});
