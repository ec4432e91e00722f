import { appendRecorded } from "@deskhand/shared/schemas/append-recorded";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { parse, stringify } from "@puppeteer/replay";
import type { Frame } from "playwright-core";
import { describe, expect, it, vi } from "vitest";
import { recordingOf, runSteps } from "../testing/browser.ts";
import { openRecorderBed } from "../testing/recorder-bed.ts";
import { playwrightSelector } from "../workflow/selector-engine.ts";

const bed = openRecorderBed();

const { begin } = bed;
const steps = () => bed.recorder.document().steps;
const until = (count: number) => vi.waitFor(() => expect(steps().length).toBeGreaterThanOrEqual(count));
const selectorsOf = (step: Step | undefined) => (step && "selectors" in step ? (step.selectors ?? []) : []);

/** That each alternative leads to one element, and all of them to the same. */
async function expectProven(frame: Frame, step: Step | undefined): Promise<void> {
  const selectors = selectorsOf(step);
  expect(selectors.length).toBeGreaterThan(1);
  const [first] = await frame.locator(playwrightSelector([selectors[0] ?? ""], true)).elementHandles();
  for (const selector of selectors) {
    const found = await frame.locator(playwrightSelector([selector], true)).elementHandles();
    expect([selector, found.length]).toEqual([selector, 1]);
    expect(await found[0]?.evaluate((one, other) => one === other, first)).toBe(true);
  }
}

describe("selectors", () => {
  it.each([
    ["a button", "#one", 'aria/Send now[role="button"]'],
    ["a field with a label", "#mail", 'aria/E-mail[role="textbox"]'],
    ["what is named by others", "[role=button]", 'aria/Open menu[role="button"]'],
    ["a link", "a", 'aria/Read on[role="link"]'],
    ["a button in a shadow root", "#deep", 'aria/Shadow button[role="button"]'],
    ["a button two shadow roots down", ".deeper", 'aria/Deeper button[role="button"]'],
    ["a heading", "h2", 'aria/Chapter[role="heading"]'],
  ])("are made for %s, and each leads to it alone", async (_, css, first) => {
    await begin("selectors");
    await bed.page.locator(css).filter({ visible: true }).first().click();
    await until(1);
    expect(selectorsOf(steps()[0])[0]).toBe(first);
    // as it was before the page wrote down what was pressed
    await bed.page.reload();
    await expectProven(bed.page.mainFrame(), steps()[0]);
  });

  it("go part by part into shadow roots", async () => {
    await begin("selectors");
    await bed.page.locator(".deeper").click();
    await until(1);
    expect(selectorsOf(steps()[0])).toContainEqual(["#card", "my-inner", "button.deeper"]);
  });

  it("name the frame and the pop-up", async () => {
    await begin("frames");
    await bed.page.frameLocator("iframe >> nth=1").frameLocator("iframe").getByRole("button").click();
    await until(1);
    expect(steps()[0]).toMatchObject({ type: "click", frame: [1, 0] });
    await bed.page.reload();
    await expectProven(bed.page.frames().find((frame) => frame.url().endsWith("/frame-c")) ?? bed.page.mainFrame(), steps()[0]);
    await bed.page.goto(`${bed.site.origin}/popup`);
    const [popup] = await Promise.all([bed.page.waitForEvent("popup"), bed.page.getByRole("button").click()]);
    await popup.waitForLoadState();
    await vi.waitFor(async () => {
      await popup.getByRole("button").click();
      expect(steps().at(-1)).toMatchObject({ type: "click", target: `${bed.site.origin}/popup-child` });
    });
  });
});

describe("steps", () => {
  it("are one for each field, whatever was typed into it and taken back", async () => {
    await begin("form");
    await bed.page.locator("#text").click();
    await bed.page.keyboard.type("Adaa {{x}}");
    for (let times = 0; times < 7; times++) await bed.page.keyboard.press("Backspace");
    await bed.page.locator("#rich").click();
    await bed.page.keyboard.type("Rich {{text}}");
    await bed.page.locator("#check").click();
    await bed.page.locator("#area").focus();
    await bed.page.keyboard.type("one");
    await bed.page.keyboard.press("Enter");
    await bed.page.keyboard.insertText("two");
    await until(6);
    await vi.waitFor(() => expect(steps().at(-1)).toMatchObject({ value: "one\ntwo" }));
    expect(steps().map(({ type }) => type)).toEqual(["click", "change", "click", "change", "click", "change"]);
    expect(steps().filter(({ type }) => type === "change")).toMatchObject([
      { value: "Ada" },
      { value: "Rich \\{{text}}" },
      { value: "one\ntwo" },
    ]);
  });

  it("choose from lists by the keyboard", async () => {
    await begin("form");
    await bed.page.locator("#single").focus();
    await bed.page.keyboard.press("ArrowDown");
    await until(1);
    expect(steps()).toMatchObject([{ type: "change", value: "b" }]);
  });

  it("tell a double click from two, the right button, and keys with their modifiers", async () => {
    await begin("pointer");
    await bed.page.locator("#target").dblclick({ position: { x: 30, y: 20 } });
    await bed.page.locator("#target").click({ button: "right" });
    await bed.page.keyboard.press("Control+Shift+k");
    await bed.page.keyboard.press("Escape");
    await until(10);
    expect(steps().map((step) => [step.type, "key" in step ? step.key : "", "button" in step ? step.button : ""].join(" ").trim())).toEqual(
      ["doubleClick", "click  secondary", ...["Control", "Shift", "k"].map((key) => `keyDown ${key}`)].concat(
        ["k", "Shift", "Control"].map((key) => `keyUp ${key}`),
        ["keyDown Escape", "keyUp Escape"],
      ),
    );
    expect(steps()[0]).toMatchObject({ offsetX: 32, offsetY: 22 });
    await bed.recorder.act({ do: "undo" });
    await bed.recorder.act({ do: "undo" });
    expect(steps()).toHaveLength(2);
  });

  it("scroll once to where the page came to", async () => {
    await begin("scroll");
    await bed.page.mouse.move(400, 400);
    await bed.page.mouse.wheel(0, 700);
    await until(1);
    await bed.page.mouse.wheel(0, 700);
    await vi.waitFor(() => expect(steps()).toMatchObject([{ type: "scroll", x: 0, y: 1400 }]));
  });

  it("say where they led, and where the person went by themselves", async () => {
    await begin("index");
    await bed.page.getByRole("link").click();
    await bed.page.waitForURL("**/two");
    await vi.waitFor(() => expect(steps()).toMatchObject([{ type: "click", assertedEvents: [{ url: `${bed.site.origin}/two` }] }]));
    bed.recorder.opened(bed.page, `${bed.site.origin}/index`);
    await bed.page.goto(`${bed.site.origin}/index`);
    expect(steps()[1]).toEqual({ type: "navigate", url: `${bed.site.origin}/index` });
  });

  it("have not led where the person went by themselves, also when that was undone before the page was there", async () => {
    await begin("hold");
    await bed.page.getByRole("button", { name: "Click me" }).click();
    await until(1);
    bed.recorder.opened(bed.page, `${bed.site.origin}/two`);
    await bed.recorder.act({ do: "undo" });
    await bed.page.goto(`${bed.site.origin}/two`);
    expect(steps()).toMatchObject([{ type: "click" }]);
    expect(steps()[0]).not.toHaveProperty("assertedEvents");
  });

  it("name the page that the person went back to", async () => {
    await begin("index");
    await bed.page.getByRole("link").click();
    await bed.page.waitForURL("**/two");
    await vi.waitFor(() => expect(steps()[0]).toHaveProperty("assertedEvents"));
    bed.recorder.opened(bed.page, undefined);
    await bed.page.goBack();
    await until(2);
    expect(steps()[1]).toEqual({ type: "navigate", url: `${bed.site.origin}/index` });
    await bed.page.getByRole("link").click();
    await vi.waitFor(() => expect(steps()[2]).toMatchObject({ type: "click", assertedEvents: [{ url: `${bed.site.origin}/two` }] }));
  });

  it("hold the place of files", async () => {
    await begin("hold");
    const [chooser] = await Promise.all([bed.page.waitForEvent("filechooser"), bed.page.locator("#files").click()]);
    await chooser.setFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("words") });
    await until(1);
    expect(steps()).toMatchObject([{ name: "deskhand.upload", parameters: { file: { from: "content", name: "a.txt" } } }]);
  });
});

it("never learns a password, and what was recorded signs in again", async () => {
  await begin("sign-in");
  bed.recorder.opened(bed.page, `${bed.site.origin}/sign-in`);
  await bed.page.locator("#user").click();
  await bed.page.keyboard.type("ada");
  await bed.page.locator("#password").click();
  await bed.page.keyboard.type("correct-horse");
  // shown in clear it is still a password
  await bed.page.locator("#password").evaluate((element) => element.setAttribute("type", "text"));
  await bed.page.keyboard.type("-battery");
  await bed.page.keyboard.press("Enter");
  await bed.page.waitForURL((url) => !url.pathname.endsWith("/sign-in") || url.search !== "", { timeout: 5_000 }).catch(() => {});
  await until(7);
  const document = bed.recorder.document();
  expect(JSON.stringify([document, bed.told])).not.toContain("correct");
  expect(document.inputs).toMatchObject({ properties: { password: { writeOnly: true } }, required: ["password"] });
  expect(document.steps).toContainEqual(expect.objectContaining({ type: "change", value: "{{inputs.password}}" }));
  expect(parseRecordingData(document)).toMatchObject({ ok: true });
  expect(parse(document)).toMatchObject({ title: "Test" });
  expect(await stringify(parse(document))).toContain("password");
  const { inputs } = document;
  const again = await runSteps(bed.browser, document.steps, { inputs: { password: "x" }, extra: { inputs } });
  expect([again.outcome.status, again.code]).toEqual(["succeeded", undefined]);
});

it("makes an assertion or a reading of what is pointed at, and the page does not notice", async () => {
  await begin("items");
  await bed.recorder.act({ do: "pick", purpose: "text" });
  await bed.page.locator("li").nth(1).click();
  await until(1);
  await bed.recorder.act({ do: "pick", purpose: "extract-attribute" });
  await bed.page.locator("li").first().click();
  await until(2);
  await bed.page.goto(`${bed.site.origin}/table`);
  await bed.recorder.act({ do: "pick", purpose: "extract-table" });
  await bed.page.getByText("Milk").click();
  await until(3);
  expect(steps()).toMatchObject([
    { name: "deskhand.assert", parameters: { check: "text", value: "Two" } },
    { name: "deskhand.extract", parameters: { kind: "attribute", attribute: "title" } },
    { name: "deskhand.extract", parameters: { kind: "table", selectors: expect.arrayContaining(["table"]) } },
  ]);
  await vi.waitFor(() => expect(bed.told.at(-1)?.picking).toBe(null));
});

it("listens to nobody while it is paused, and takes steps out and others in", async () => {
  await begin("pointer");
  await bed.recorder.act({ do: "pause", on: true });
  await bed.page.locator("#target").click();
  await bed.recorder.act({ do: "pause", on: false });
  await bed.page.locator("#hover").click();
  await until(1);
  expect(steps()).toHaveLength(1);
  const id = bed.told.at(-1)?.steps[0]?.id ?? 1;
  await bed.recorder.act({ do: "edit", id, step: "no step" });
  await bed.recorder.act({ do: "edit", id, step: JSON.stringify({ type: "hover", selectors: ["#hover"] }) });
  expect(steps()).toMatchObject([{ type: "hover" }]);
  await bed.recorder.act({ do: "remove", id });
  expect(steps()).toEqual([]);
});

it("keeps a document's own steps and inputs before what was recorded", () => {
  const base = recordingOf([{ type: "navigate", url: "{{inputs.shop}}" }], { inputs: { properties: { shop: { type: "string" } } } });
  const merged = appendRecorded(base, [{ type: "change", selectors: ["#a"], value: "{{inputs.oneTimeCode}}" }]);
  expect(merged).toMatchObject({ steps: [{ type: "navigate" }, { type: "change" }], inputs: { required: ["oneTimeCode"] } });
  expect(Object.keys(merged.inputs?.properties ?? {})).toEqual(["shop", "oneTimeCode"]);
});
