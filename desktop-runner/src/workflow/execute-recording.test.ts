import { parse as replayParse } from "@puppeteer/replay";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closeTestRuns, launchTestBrowser, recordingOf, runSteps } from "../testing/browser.ts";
import { type FixtureSite, refusedOrigin, startFixtureSite } from "../testing/fixture-site.ts";

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
const click = (...selectors: (string | string[])[]) => ({ type: "click", selectors, offsetX: 5, offsetY: 5 });
const run = (steps: unknown[], options: Parameters<typeof runSteps>[2] = {}) => runSteps(browser, steps, options);

describe("pointer steps", () => {
  it("clicks at the recorded offset with the recorded button", async () => {
    const target = { selectors: ["#target"], offsetX: 30, offsetY: 40 };
    const { outcome, log } = await run([
      open("pointer"),
      { type: "click", ...target },
      { type: "click", ...target, button: "secondary", duration: 20 },
      { type: "click", ...target, button: "auxiliary" },
      { type: "click", ...target, button: "back" },
      { type: "doubleClick", ...target },
      { type: "hover", selectors: ["#hover"] },
    ]);
    expect(outcome.status).toBe("succeeded");
    const lines = await log();
    expect(lines).toEqual(
      expect.arrayContaining(["click 0 30,40", "contextmenu 2 30,40", "auxclick 1 30,40", "dblclick 0 30,40", "hover"]),
    );
    expect(lines).toContain("mousedown 3 30,40");
  });

  it("clicks the middle when the element is smaller than it was", async () => {
    const { log } = await run([open("pointer"), { type: "click", selectors: ["#target"], offsetX: 900, offsetY: 5 }]);
    expect(await log()).toContain("click 0 100,50");
  });

  it("taps when the recording was made by touch", async () => {
    const { outcome, log } = await run([
      { type: "setViewport", width: 390, height: 800, deviceScaleFactor: 2, isMobile: true, hasTouch: true, isLandscape: false },
      open("pointer"),
      { ...click("#target"), deviceType: "touch" },
    ]);
    expect(outcome.status).toBe("succeeded");
    expect((await log()).some((line) => line.startsWith("touchstart"))).toBe(true);
    expect((await log()).some((line) => line.startsWith("click"))).toBe(true);
  });
});

describe("input steps", () => {
  it("changes every kind of field", async () => {
    const change = (selector: string, value: string) => ({ type: "change", selectors: [selector], value });
    const { outcome, page, log } = await run([
      open("form"),
      change("aria/Full name", "Ann"),
      change("#area", "a\nb"),
      change("#color", "#ff0000"),
      change("#date", "2026-01-31"),
      change("#range", "7"),
      change("#check", "true"),
      change("#rich", "rich"),
      change("#single", "b"),
      change("#many", "y"),
    ]);
    expect(outcome).toMatchObject({ status: "succeeded" });
    const values = await page.evaluate(() =>
      ["text", "area", "color", "date", "range", "single", "many"].map((id) => (document.getElementById(id) as HTMLInputElement).value),
    );
    expect(values).toEqual(["Ann", "a\nb", "#ff0000", "2026-01-31", "7", "b", "y"]);
    expect(await page.isChecked("#check")).toBe(true);
    expect(await page.textContent("#rich")).toBe("rich");
    expect(await log()).toEqual(expect.arrayContaining(["input color", "change color", "change single", "change check"]));
  });

  it("presses keys, modifiers and keys without a place on the keyboard", async () => {
    const key = (type: string, name: string) => ({ type, key: name });
    const { outcome, page, log } = await run([
      open("keys"),
      key("keyDown", "Shift"),
      key("keyDown", "KeyA"),
      key("keyUp", "KeyA"),
      key("keyUp", "Shift"),
      key("keyDown", "é"),
      key("keyUp", "é"),
      key("keyDown", " "),
      key("keyUp", " "),
      key("keyDown", "Camera"),
    ]);
    expect(outcome.status).toBe("succeeded");
    expect(await page.inputValue("#box")).toBe("Aé ");
    expect(await log()).toEqual(
      expect.arrayContaining(["keydown Shift true", "keydown A true", "keyup Shift false", "keydown Camera false"]),
    );
    expect((await run([open("keys"), key("keyDown", "no such key")])).code).toBe("STEP_INVALID");
  });

  it("fills inputs into steps and never into code", async () => {
    const { outcome, page } = await run(
      [
        open("form"),
        { type: "change", selectors: ["aria/{{inputs.label}}"], value: "{{inputs.name}}" },
        { type: "waitForExpression", expression: `document.getElementById("text").value === "x" || window.value !== '{{inputs.name}}'` },
        { type: "waitForExpression", expression: `document.getElementById("text").value === {{inputs.name}}` },
      ],
      {
        inputs: { label: "Full name", name: `'; window.stolen = 1; '` },
        extra: { inputs: { properties: { label: { type: "string" }, name: { type: "string" } } } },
      },
    );
    expect(outcome.status).toBe("succeeded");
    expect(await page.evaluate(() => "stolen" in window)).toBe(false);
  });
});

describe("page steps", () => {
  it("sets the viewport, scrolls the page and an element, and limits the network", async () => {
    const { outcome, page } = await run([
      { type: "setViewport", width: 640, height: 480, deviceScaleFactor: 1, isMobile: false, hasTouch: false, isLandscape: false },
      open("scroll"),
      { type: "scroll", x: 100, y: 900 },
      { type: "scroll", selectors: ["#list"], x: 5, y: 50 },
    ]);
    expect(outcome.status).toBe("succeeded");
    expect(await page.evaluate(() => [innerWidth, innerHeight, document.getElementById("list")?.scrollTop])).toEqual([640, 480, 50]);
    const offline = await run([{ type: "emulateNetworkConditions", download: 0, upload: 0, latency: 0 }, open("index")]);
    expect(offline).toMatchObject({ code: "NAVIGATION_FAILED" });
    const slow = await run([{ type: "emulateNetworkConditions", download: 100_000, upload: 100_000, latency: 1 }, open("index")]);
    expect(slow.outcome.status).toBe("succeeded");
  });

  it("closes a page, and says so when a later step needs it", async () => {
    const { code, steps } = await run([open("index"), { type: "close" }, click("a"), click("a")]);
    expect(code).toBe("PAGE_CLOSED");
    expect(steps).toEqual(["succeeded", "succeeded", "PAGE_CLOSED", "skipped"]);
  });
});

describe("waiting", () => {
  it("waits for elements by number, attributes and properties, and for their going", async () => {
    const wait = (more: object) => ({ type: "waitForElement", selectors: [".item"], ...more });
    const { outcome } = await run([
      open("items"),
      wait({}),
      wait({ operator: "==", count: 2 }),
      wait({ operator: "<=", count: 2 }),
      wait({ operator: ">=", count: 3, visible: false }),
      wait({ selectors: ['[data-id="2"]'], attributes: { title: "two" }, properties: { className: "item", dataset: { id: "2" } } }),
      { type: "waitForElement", selectors: ["#none"], visible: false },
    ]);
    expect(outcome.status).toBe("succeeded");
    expect((await run([open("items"), wait({ operator: "==", count: 3, timeout: 200 })])).code).toBe("SELECTOR_NOT_FOUND");
  });

  it("waits for an expression and for a promise, on a page with a strict policy too", async () => {
    const wait = (expression: string, timeout = 15_000) => ({ type: "waitForExpression", expression, timeout });
    const late = await run([
      open("late"),
      wait("window.ready"),
      wait("new Promise((r) => setTimeout(() => r(true), 100))"),
      click("#late"),
    ]);
    expect(late.outcome.status).toBe("succeeded");
    expect((await run([open("csp"), wait("document.title === 'Strict'")])).outcome.status).toBe("succeeded");
    expect((await run([open("index"), wait("false", 200)])).code).toBe("EXPRESSION_FAILED");
    expect((await run([open("index"), wait("no.such.thing")])).code).toBe("EXPRESSION_FAILED");
  });

  it("waits for the navigation that a step caused and warns when it led elsewhere", async () => {
    const to = (page: string) => [{ type: "navigation", url: `${site.origin}/${page}`, title: "Two" }];
    const good = await run([open("index"), { ...click("a"), assertedEvents: to("two") }]);
    expect([good.outcome.status, good.warnings, good.page.url()]).toEqual(["succeeded", [], `${site.origin}/two`]);
    const other = await run([open("index"), { ...click("a"), assertedEvents: to("three") }]);
    expect([other.outcome.status, other.warnings.length]).toEqual(["succeeded", 1]);
    const none = await run([open("index"), { ...click("h1"), assertedEvents: to("two"), timeout: 2000 }]);
    expect(none.code).toBe("NAVIGATION_FAILED");
  });

  it("finds an element that comes late", async () => {
    const { log } = await run([open("late"), click("#never", "text/Late")]);
    expect(await log()).toEqual(["late clicked"]);
  });
});

describe("failures", () => {
  it("tells an element that is not there from one that cannot be clicked", async () => {
    const absent = await run([open("covered"), { ...click("#absent"), timeout: 300 }]);
    expect(absent.outcome).toMatchObject({
      code: "SELECTOR_NOT_FOUND",
      step: 1,
      message: "#absent was not found on the page within 0.3 s.",
    });
    expect((await run([open("covered"), { ...click("#under"), timeout: 300 }])).code).toBe("ELEMENT_NOT_READY");
  });

  it("says why an address could not be opened", async () => {
    const refused = await run([{ type: "navigate", url: `${await refusedOrigin()}/?token=s3cret` }]);
    expect(refused.outcome).toMatchObject({
      code: "NAVIGATION_FAILED",
      message: "The page could not be opened: the connection was refused.",
    });
    expect((await run([{ type: "navigate", url: "not an address" }])).outcome).toMatchObject({
      code: "NAVIGATION_FAILED",
      message: expect.stringContaining("not valid"),
    });
    expect((await run([{ ...open("never"), timeout: 300 }])).outcome).toMatchObject({ message: expect.stringContaining("within 0.3 s") });
  });

  it("fails the step when the page crashes", async () => {
    const { code } = await run([open("index"), { type: "waitForElement", selectors: ["#never"], timeout: 20_000 }], {
      onStep: (index, page) => {
        if (index === 1) void page.goto("chrome://crash").catch(() => {});
      },
    });
    expect(code).toBe("PAGE_CRASHED");
  });

  it("fails the step when the browser dies", async () => {
    const own = await launchTestBrowser();
    const session = await own.newBrowserCDPSession();
    const { code } = await runSteps(own, [open("index"), { ...click("#never"), timeout: 20_000 }], {
      onStep: (index) => {
        if (index === 1) void session.send("Browser.crash" as "Browser.close").catch(() => {});
      },
    });
    expect(code).toBe("BROWSER_CRASHED");
  });

  it("stops in the middle of a step when it is cancelled", async () => {
    const cancel = new AbortController();
    const { outcome, steps } = await run([open("index"), { ...click("#never"), timeout: 20_000 }, open("two")], {
      signal: cancel.signal,
      onStep: (index) => {
        if (index === 1) setImmediate(() => cancel.abort());
      },
    });
    expect(outcome).toMatchObject({ status: "cancelled", code: "CANCELLED", step: 1 });
    expect(steps).toEqual(["succeeded", "CANCELLED", "skipped"]);
  });

  it("gives up a page that blocks its own thread", async () => {
    const { code } = await run([open("index"), { type: "waitForExpression", expression: "(() => { for (;;); })()", timeout: 200 }]);
    expect(["STEP_TIMEOUT", "EXPRESSION_FAILED"]).toContain(code);
  });
});

it("runs nothing that Google's parser would not read", () => {
  const steps = [open("index"), click(["aria/x"], "#y"), { type: "scroll" }, { type: "close" }];
  const recording = recordingOf(steps);
  expect(replayParse(recording)).toEqual(JSON.parse(JSON.stringify(recording)));
});
