import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
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
const click = (...selectors: (string | string[])[]) => ({ type: "click", selectors, offsetX: 5, offsetY: 5 });
const run = (steps: unknown[], options: Parameters<typeof runSteps>[2] = {}) => runSteps(browser, steps, options);
const assertText = (selector: string, value: string) => ({
  type: "customStep",
  name: "deskhand.assert",
  parameters: { check: "text", selectors: [selector], operator: "equals", value },
});

describe("frames, pop-ups and selectors", () => {
  it("works inside frames by their place in the page", async () => {
    const { outcome, code } = await run([
      open("frames"),
      { ...click("button"), frame: [0] },
      { ...click("aria/C"), frame: [1, 0] },
      { ...assertText("button", "pressed A"), frame: [0] },
      { ...assertText("button", "pressed C"), frame: [1, 0] },
    ]);
    expect([outcome.status, code]).toEqual(["succeeded", undefined]);
    expect((await run([open("frames"), { ...click("button"), frame: [7], timeout: 300 }])).code).toBe("FRAME_NOT_FOUND");
  });

  it("works in a pop-up by its address and fails clearly when it never comes", async () => {
    const target = `${site.origin}/popup-child`;
    const { outcome, context } = await run([
      open("popup"),
      click("button"),
      { ...click("button"), target },
      { type: "close", target },
      { ...click("button"), target: "main" },
    ]);
    expect(outcome.status).toBe("succeeded");
    await vi.waitUntil(() => context.pages().length === 2);
    expect((await run([open("index"), { ...click("a"), target, timeout: 300 }])).code).toBe("TARGET_NOT_FOUND");
  });

  it.each([
    ["css, the first visible of two", ".b", "Send now"],
    ["css with its prefix", "css/#one", "Send now"],
    ["an accessible name", "aria/Send now", "Send now"],
    ["a name with a role", 'aria/Send now[role="button"]', "Send now"],
    ["a name from other elements", "aria/Open menu", "x"],
    ["a link's name", 'aria/Read on[role="link"]', "Read on"],
    ["a text, innermost element", "text/now", "now"],
    ["an XPath", 'xpath///*[@id="one"]', "Send now"],
    ["through shadow roots at once", "pierce/.deeper", "Deeper button"],
    ["through shadow roots part by part", ["#card", "my-inner", ".deeper"], "Deeper button"],
    ["an accessible name in a shadow root", "aria/Shadow button", "Shadow button"],
    ["a text in a shadow root", "text/Deeper", "Deeper button"],
    ["part by part without a shadow root", ["#light", "aria/Inside light"], "Inside light"],
    ["XPath in a shadow root", ["#card", "xpath///button"], "Shadow button"],
  ])("finds an element by %s", async (_, selector, text) => {
    const { outcome, log } = await run([open("selectors"), click(selector)]);
    expect(outcome.status).toBe("succeeded");
    expect(await log()).toEqual([`click ${text}`]);
  });

  it("tries every alternative and lets a broken one spoil nothing", async () => {
    const { log } = await run([open("selectors"), click("#gone", "!!!", "xpath/((", [], "aria/Nobody", "#one")]);
    expect(await log()).toEqual(["click Send now"]);
    const fields = [
      { type: "change", selectors: ["aria/E-mail"], value: "a@b" },
      { type: "change", selectors: ["aria/Search"], value: "q" },
    ];
    const { page } = await run([open("selectors"), ...fields]);
    expect([await page.inputValue("#mail"), await page.inputValue("[placeholder=Search]")]).toEqual(["a@b", "q"]);
  });
});
