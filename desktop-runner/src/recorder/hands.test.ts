import { expect, it } from "vitest";
import { openRecorderBed } from "../testing/recorder-bed.ts";

const bed = openRecorderBed();

/** Presses at one place of the page, goes to another, and lets go. */
async function pull(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  const { mouse } = bed.page;
  await mouse.move(from.x, from.y);
  await mouse.down();
  for (let part = 1; part <= 6; part++) await mouse.move(from.x + ((to.x - from.x) * part) / 6, from.y + ((to.y - from.y) * part) / 6);
  await mouse.up();
}
const middleOf = async (css: string) => {
  const box = await bed.page.locator(css).first().boundingBox();
  if (!box) throw new Error(`${css} is not there`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

it("an element that is dropped elsewhere is one step, and is dropped there again", async () => {
  await bed.begin("board");
  await pull(await middleOf("li:nth-child(2)"), await middleOf("#done"));
  expect(await bed.log(1)).toEqual(["done Read"]);
  expect(await bed.steps(1)).toMatchObject([
    {
      type: "customStep",
      name: "deskhand.drag",
      parameters: { selectors: expect.arrayContaining(["text/Read"]), to: expect.arrayContaining(["#done"]) },
    },
  ]);
  expect(await (await bed.again()).log()).toEqual(["done Read"]);
});

it("a drop that nothing takes is no step", async () => {
  await bed.begin("board");
  await pull(await middleOf("li"), { x: 500, y: 300 });
  await bed.page.mouse.click(500, 400);
  await bed.page.locator("#done").click();
  expect(await bed.steps(1)).toMatchObject([{ type: "click" }]);
});

it("a slider of the page's own making is pulled to the same place, and the press is no click", async () => {
  await bed.begin("slider");
  const thumb = await middleOf("#thumb");
  await pull(thumb, { x: thumb.x + 137, y: thumb.y + 2 });
  expect(await bed.log(1)).toEqual(["volume 137"]);
  expect(await bed.steps(1)).toMatchObject([{ name: "deskhand.drag", parameters: { to: expect.arrayContaining(["#track"]) } }]);
  expect(await (await bed.again()).log()).toEqual(["volume 137"]);
});

it("a slider of the browser's own is set to its value, however it was moved", async () => {
  await bed.begin("slider");
  const middle = await middleOf("#speed");
  await pull({ x: middle.x - 92, y: middle.y }, { x: middle.x + 40, y: middle.y });
  const [said] = await bed.log(1);
  const [step, ...more] = await bed.steps(1);
  expect([`speed ${step?.type === "change" && step.value}`, more]).toEqual([said, []]);
  expect(await (await bed.again()).log()).toEqual([said]);
});

it.each([50, 75])("a list that makes room while one of it is pulled comes to the same order (%s px down)", async (down) => {
  await bed.begin("sortable");
  const from = await middleOf("li:nth-child(1)");
  await pull(from, { x: from.x, y: from.y + down });
  const said = await bed.log(1);
  expect(said).not.toEqual(["One Two Three Four"]);
  expect(await bed.steps(1)).toMatchObject([{ type: "customStep", name: "deskhand.drag" }]);
  expect(await (await bed.again()).log()).toEqual(said);
});

it("marking words is nothing, and a press that slips is a click", async () => {
  await bed.begin("slider");
  const words = await middleOf("p");
  await pull({ x: 20, y: words.y }, { x: 200, y: words.y });
  expect(await bed.page.evaluate(() => String(getSelection()).length)).toBeGreaterThan(3);
  const button = await middleOf("#press");
  await pull({ x: button.x - 5, y: button.y }, { x: button.x + 5, y: button.y });
  await bed.log(1);
  const [first, ...more] = await bed.steps(1);
  expect([first?.type, more]).toEqual(["click", []]);
});

it("a finger pulls as a mouse does", async () => {
  await bed.begin("sortable");
  const from = await middleOf("li:nth-child(1)");
  const session = await bed.context.newCDPSession(bed.page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x: from.x, y }] });
  await touch("touchStart", from.y);
  for (let part = 1; part <= 6; part++) await touch("touchMove", from.y + (part * 75) / 6);
  await touch("touchEnd");
  const said = await bed.log(1);
  expect(await bed.steps(1)).toMatchObject([{ name: "deskhand.drag", parameters: { deviceType: "touch" } }]);
  expect(await (await bed.again()).log()).toEqual(said);
});

it("all that is chosen of a list is chosen again, and one act takes it back", async () => {
  await bed.begin("choices");
  const option = (name: string) => bed.page.getByRole("option", { name });
  await option("Red").click();
  await option("Blue").click({ modifiers: ["ControlOrMeta"] });
  await option("Yellow").click({ modifiers: ["ControlOrMeta"] });
  await option("Red").click({ modifiers: ["ControlOrMeta"] });
  await bed.page.locator("#send").click();
  expect(await bed.log(1)).toEqual(["sent b,y"]);
  const steps = await bed.steps(5);
  expect(steps.map(({ type }) => type)).toEqual(["change", "keyDown", "click", "keyUp", "click"]);
  expect(steps[0]).toMatchObject({ value: "b" });
  expect(await (await bed.again()).log()).toEqual(["sent b,y"]);
  await bed.recorder.act({ do: "undo" });
  await bed.recorder.act({ do: "undo" });
  expect(await bed.steps()).toEqual([]);
});

it("a list of which nothing is chosen any more is left so", async () => {
  await bed.begin("choices");
  await bed.page.getByRole("option", { name: "Blue" }).click();
  await bed.page.getByRole("option", { name: "Blue" }).click({ modifiers: ["ControlOrMeta"] });
  await bed.page.locator("#send").click();
  await bed.steps(5);
  expect(await (await bed.again()).log()).toEqual(await bed.log(1));
});

it("keys that are held while one clicks are held again", async () => {
  await bed.begin("pointer");
  await bed.page.locator("#target").click({ modifiers: ["Shift"] });
  const steps = await bed.steps(3);
  expect(steps.map((step) => [step.type, "key" in step ? step.key : ""])).toEqual([
    ["keyDown", "Shift"],
    ["click", ""],
    ["keyUp", "Shift"],
  ]);
});

it.each(["div", "p"])("what is written into a page that can be edited is written again, line by line (%s)", async (lines) => {
  await bed.begin(`letter?lines=${lines}`);
  await bed.page.locator("#plain").click();
  await bed.page.keyboard.type("About tea");
  await bed.page.locator("#rich").click();
  await bed.page.keyboard.type("Dear Ann,");
  await bed.page.keyboard.press("Enter");
  await bed.page.keyboard.type("come {{soon}}");
  await bed.page.locator("#send").click();
  const said = await bed.log(1);
  expect(said).toEqual(["sent About tea | Dear Ann, / come {{soon}}"]);
  const steps = await bed.steps(5);
  expect(steps.map(({ type }) => type)).toEqual(["click", "change", "click", "change", "click"]);
  expect(steps[3]).toMatchObject({ value: "Dear Ann,\ncome \\{{soon}}" });
  expect(await (await bed.again()).log()).toEqual(said);
});

it.each(["127.0.0.1", "localhost"])("what is typed quickly is whole, also when its last letter leads the page to %s", async (host) => {
  await bed.begin("form");
  await bed.page.locator("#text").click();
  await bed.page.evaluate((to) => {
    document.querySelector("#text")?.addEventListener("input", ({ target }) => {
      if ((target as HTMLInputElement).value.length === 6) location.href = to;
    });
  }, bed.site.origin.replace("127.0.0.1", host).concat("/slider"));
  await bed.page.keyboard.type("123456");
  await bed.page.waitForURL("**/slider");
  await expect.poll(() => bed.recorder.document().steps[1]).toMatchObject({ type: "change", value: "123456" });
  expect(await bed.steps(2)).toHaveLength(2);
});
