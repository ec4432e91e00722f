import { describe, expect, it } from "vitest";
import { handsOn, press } from "../testing/hands.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import type { WorkerMessage } from "./messages.ts";

const bed = openWorkerBed();
const { act, news, hold } = handsOn(bed);

const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const click = (selector: string, deskhand = {}) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2, deskhand });
const open = () => ({ type: "navigate", url: `${bed.site.origin}/two` });
/** A page with a question, a prompt and a button that ends it, one below the other. */
const asking = () => [
  open(),
  custom("script", {
    code: `document.body.innerHTML = '<p id="log"></p>' + ["ask", "name", "end"].map((id, at) =>
        '<button id="' + id + '" style="position:fixed;left:20px;width:80px;height:30px;top:' + (20 + at * 60) + 'px">' + id + '</button>').join("");
      const say = (text) => { document.querySelector("#log").textContent += text + ";"; };
      document.querySelector("#ask").onclick = () => say("delete " + confirm("Delete all?"));
      document.querySelector("#name").onclick = () => say("name " + prompt("Your name?", "nobody"));
      document.querySelector("#end").onclick = () => { document.body.id = "over"; };`,
  }),
];
const [ask, name, end] = [press(60, 35), press(60, 95), press(60, 155)];
const log = custom("extract", { kind: "text", key: "log", selectors: ["#log"] });
const isAsked = (message: string) => (one: { asks?: { message: string } | null | undefined }) => one.asks?.message === message;

describe("a step", () => {
  const answers = async (...steps: unknown[]) => {
    const { finished } = await bed.run([...asking(), ...steps, log], { inputs: { who: "Ann" }, extra: { inputs } });
    expect(finished).toMatchObject({ status: "succeeded" });
    return finished.data.log;
  };
  const inputs = { properties: { who: { type: "string" } } };

  it("accepts the page's dialogs, or dismisses them, or writes into them, as it says", async () => {
    expect(await answers(click("#ask"), click("#name"))).toBe("delete true;name nobody;");
    expect(await answers(click("#ask", { dialog: "dismiss" }), click("#name", { dialog: "dismiss" }))).toBe("delete false;name null;");
    expect(await answers(click("#name", { dialog: "accept", dialogText: "{{who}} B." }), click("#ask"))).toBe("name Ann B.;delete true;");
  });

  it("says it for the steps inside of it as well, where they do not", async () => {
    const steps = [click("#ask"), click("#ask", { dialog: "accept" })];
    const loop = { ...custom("loop", { over: { kind: "times", times: 2 }, steps }), deskhand: { dialog: "dismiss" } };
    expect(await answers(loop, click("#ask"))).toBe("delete false;delete true;delete false;delete true;delete true;");
  });
});

describe("a person who has the page", () => {
  const heldRun = async () => {
    const waits = custom("human", { message: "Press end", timeoutMs: 60_000, onTimeout: "fail" });
    const ordered = orderRun(bed.worker, { folder: bed.folder.path, steps: [...asking(), waits, log] });
    await bed.worker.untilEvent(ordered.runId, "waiting");
    hold(ordered.runId, true);
    await news(ordered.runId, ({ isWaiting }) => isWaiting);
    return ordered;
  };

  it("is asked what the page asks, and can say no, yes, or what it wants to know", async () => {
    const { runId, finished } = await heldRun();
    const reply = async (message: string, answer: { accept: boolean; text?: string }) => {
      const { asks } = await news(runId, isAsked(message));
      await act(runId, { t: "dialog", dialogId: asks?.id ?? "", ...answer });
      return asks;
    };
    await act(runId, ...ask);
    expect(await reply("Delete all?", { accept: false })).toMatchObject({ kind: "confirm", value: "" });
    await news(runId, ({ asks, dialog }) => asks === null && dialog === null);
    await act(runId, ...name);
    expect(await reply("Your name?", { accept: true, text: "Bob" })).toMatchObject({ kind: "prompt", value: "nobody" });
    // what is pressed behind an open dialog does nothing, as in a browser
    await act(runId, ...end);
    hold(runId, false);
    expect(await finished).toMatchObject({ status: "succeeded", data: { log: "delete false;name Bob;" } });
    const said = bed.worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
    expect(said).toContain("The page opened a dialog (confirm); it was dismissed by the person who has the page.");
    expect(said.join()).not.toMatch(/Delete all|Bob/);
  });

  it("leaves what they did not answer to the run, which is not held up by it", async () => {
    const { runId, finished } = await heldRun();
    await act(runId, ...ask);
    await news(runId, isAsked("Delete all?"));
    // the page takes nothing meanwhile
    await act(runId, ...name);
    hold(runId, false);
    expect(await finished).toMatchObject({ status: "succeeded", data: { log: "delete true;" } });
  });

  it("records their answer with the step that led to it", async () => {
    const { runId, finished, artifactsDir: _ } = orderRun(bed.worker, { folder: bed.folder.path, steps: asking(), record: true });
    expect(await bed.worker.untilEvent(runId, "waiting")).toMatchObject({ reason: "record" });
    hold(runId, true);
    await news(runId, ({ isWaiting }) => isWaiting);
    await act(runId, ...ask);
    const first = await news(runId, isAsked("Delete all?"));
    await act(runId, { t: "dialog", dialogId: first.asks?.id ?? "", accept: false });
    await news(runId, ({ asks, dialog }) => asks === null && dialog === null);
    await act(runId, ...name);
    const second = await news(runId, isAsked("Your name?"));
    await act(runId, { t: "dialog", dialogId: second.asks?.id ?? "", accept: true, text: "Bob" });
    const told = await bed.worker.until(
      (message): message is Extract<WorkerMessage, { type: "recorded" }> =>
        message.type === "recorded" && message.runId === runId && JSON.stringify(message.facts).includes("Bob"),
    );
    const recorded = told.facts.steps.map(({ step }) => step);
    expect(recorded).toMatchObject([
      { type: "click", deskhand: { dialog: "dismiss" } },
      { type: "click", deskhand: { dialog: "accept", dialogText: "Bob" } },
    ]);
    await act(runId, { t: "record", act: { do: "finish" } });
    hold(runId, false);
    await finished;
    const again = await bed.run([...asking(), ...recorded, log]);
    expect(again.finished).toMatchObject({ status: "succeeded", data: { log: "delete false;name Bob;" } });
  });
});
