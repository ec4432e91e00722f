import type { Frame } from "playwright-core";
import { expect, it, vi } from "vitest";
import { openRecorderBed } from "../testing/recorder-bed.ts";

const bed = openRecorderBed();
const frameAt = (end: string): Promise<Frame> =>
  vi.waitFor(() => {
    const frame = bed.page.frames().find((one) => one.url().endsWith(end));
    if (!frame) throw new Error(`${end} is not there yet`);
    return frame;
  });

it("frames of other sites, and shadow roots and frames inside of them, are recorded and found again", async () => {
  await bed.begin("other-site");
  const deep = await frameAt("/deep-frame");
  const deepest = await frameAt("/deepest-frame");
  const origins = [bed.page.mainFrame(), deep, deepest].map((frame) => new URL(frame.url()).hostname);
  expect(origins).toEqual(["127.0.0.1", "localhost", "127.0.0.1"]);
  await deep.getByRole("button", { name: "In the shadow" }).click();
  await deepest.getByLabel("Note").fill("x");
  await deepest.getByLabel("Note").click();
  await bed.page.keyboard.type("yz");
  await deepest.getByRole("button").click();
  const said = await bed.log(2);
  expect(said).toEqual(["shadow in frame", "deepest xyz"]);
  const steps = await bed.steps(4);
  expect(steps[0]).toMatchObject({ type: "click", frame: [0], selectors: expect.arrayContaining([["#host", "#inner"]]) });
  expect(steps.slice(1).map((step) => "frame" in step && step.frame)).toEqual(steps.slice(1).map(() => [0, 0]));
  const run = await bed.again();
  await vi.waitFor(async () => expect(await run.log()).toEqual(said));
});

it("frames inside of shadow roots are told from those beside them", async () => {
  await bed.begin("shadow-frames");
  const inside = await vi.waitFor(() => {
    const frame = bed.page.frames()[2];
    expect(frame?.url()).toMatch(/deepest-frame$/);
    return frame;
  });
  const owner = await inside?.frameElement();
  expect(await owner?.evaluate((element) => element.getRootNode() instanceof ShadowRoot)).toBe(true);
  await inside?.getByLabel("Note").click();
  await bed.page.keyboard.type("shadow");
  await inside?.getByRole("button").click();
  expect(await bed.log(1)).toEqual(["deepest shadow"]);
  expect(await bed.steps(3)).toMatchObject([{ frame: [1] }, { frame: [1], value: "shadow" }, { frame: [1] }]);
  const run = await bed.again();
  await vi.waitFor(async () => expect(await run.log()).toEqual(["deepest shadow"]));
});

it("windows that are opened by windows are named by their addresses, and found again", async () => {
  await bed.begin("first-window");
  const [second] = await Promise.all([bed.page.waitForEvent("popup"), bed.page.getByRole("button").click()]);
  await second.waitForLoadState();
  await bed.recorder.settled();
  const [third] = await Promise.all([second.waitForEvent("popup"), second.getByRole("button").click()]);
  await third.waitForLoadState();
  await bed.recorder.settled();
  await third.getByLabel("Word").click();
  await third.keyboard.type("hello");
  await third.getByRole("button").click();
  expect(await bed.log(1)).toEqual(["third hello"]);
  const { origin } = bed.site;
  const steps = await bed.steps(5);
  expect(steps.map((step) => [step.type, step.target])).toEqual([
    ["click", undefined],
    ["click", `${origin}/second-window`],
    ["click", `${origin}/third-window`],
    ["change", `${origin}/third-window`],
    ["click", `${origin}/third-window`],
  ]);
  const run = await bed.again();
  await vi.waitFor(async () => expect(await run.log()).toEqual(["third hello"]));
});
