import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { repairFile } from "@deskhand/shared/schemas/repair";
import { expect, it } from "vitest";
import { openWorkerBed } from "../testing/worker-bed.ts";

const bed = openWorkerBed();

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selectors: unknown[], extra = {}) => ({ type: "click", selectors, offsetX: 2, offsetY: 2, ...extra });

async function run(steps: unknown[]) {
  const ended = await bed.run(steps);
  return { ...ended, logged: ended.events.flatMap((event) => (event.kind === "log" ? [event.message] : [])) };
}

const outdated = [["aria/Log in", "#login-now"].slice(0, 1), ["aria/Sign in now[role='button']"], ["#login"], "text/Sign me in"];

it("when no selector leads to the element, each is told with its reason, and what a repair needs is kept", async () => {
  const { finished, events, logged, artifactsDir } = await run([open("sign-in"), click(outdated, { timeout: 300 })]);
  expect(finished).toMatchObject({ code: "SELECTOR_NOT_FOUND", step: 1 });
  const tried = logged.filter((line) => line.startsWith("Tried "));
  expect(tried).toHaveLength(4);
  expect(tried[2]).toBe("Tried #login: nothing on the page matches it.");
  const kept = events.flatMap((event) => (event.kind === "artifact" && event.name.includes("repair") ? [event] : []));
  expect(kept.map(({ type, name, step }) => [type, name, step])).toEqual([
    ["screenshot", "step-002-repair.jpg", 1],
    ["log", "step-002-repair.json", 1],
  ]);
  const file = repairFile.parse(JSON.parse(await readFile(path.join(artifactsDir, "step-002-repair.json"), "utf8")));
  expect(file.tried).toHaveLength(4);
  expect(file.candidates[0]).toMatchObject({ role: "button", name: "Sign in", tag: "button" });
  expect(file.candidates[0]?.selectors).toEqual(expect.arrayContaining(['aria/Sign in[role="button"]', "#go"]));

  // any of them would have done
  for (const selector of file.candidates[0]?.selectors ?? []) {
    expect((await run([open("sign-in"), click([selector])])).finished.status).toBe("succeeded");
  }
});

it("what is there but hidden is no reason for another selector", async () => {
  const { finished, logged, events } = await run([open("selectors"), click(["p .b"], { timeout: 300 })]);
  expect(finished.code).toBe("ELEMENT_NOT_READY");
  expect(logged).toContain("Tried p .b: 1 match it, and none can be seen.");
  expect(events.some((event) => event.kind === "artifact" && event.name.includes("repair"))).toBe(false);
});

it("the selector that worked is remembered for the step, and tried first next time", async () => {
  const steps = [open("selectors"), click(["#gone", "#one"])];
  expect((await run(steps)).finished.status).toBe("succeeded");
  const memory = path.join(bed.folder.path, "selectors");
  const [file = ""] = await readdir(memory);
  expect(JSON.parse(await readFile(path.join(memory, file), "utf8"))).toEqual({ 1: 1 });
  expect((await run(steps)).finished.status).toBe("succeeded");
  // another workflow has a memory of its own
  await run([...steps, click(["#gone", "h2"])]);
  expect(await readdir(memory)).toHaveLength(2);
});
