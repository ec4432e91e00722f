import { readFile } from "node:fs/promises";
import path from "node:path";
import { shapeOf } from "@deskhand/shared/formats/result-shape";
import { describe, expect, it } from "vitest";
import { allowing } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";

const bed = openWorkerBed();

const custom = (name: string, parameters: unknown) => ({ type: "customStep", name: `deskhand.${name}`, parameters });
const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const answer = { answer: { type: "object", output: true } };
const { run } = bed;
const allowed = (what: object) => ({ ...allowing(), ...what });

describe("requests of steps", () => {
  const post = (url: string, extra = {}) => custom("http", { method: "POST", url, body: { word: "{{word}}" }, into: "answer", ...extra });
  const inputs = { properties: { word: { type: "string" } } };

  it("are sent with values in them, and the answer is a variable", async () => {
    const { finished } = await run([post(`${bed.site.origin}/echo`, { headers: { "x-word": "{{word}}" } })], {
      inputs: { word: '"}' },
      extra: { inputs, variables: answer },
    });
    expect(finished).toMatchObject({
      status: "succeeded",
      data: { answer: { status: 200, body: { method: "POST", body: '{"word":"\\"}"}' } } },
    });
    expect((finished.data.answer as { body: { headers: object } }).body.headers).toMatchObject({
      "x-word": '"}',
      "content-type": "application/json",
    });
  });

  it("obey the policy, also where they are led on to", async () => {
    const policy = allowing(new URL(bed.site.origin).host);
    const other = bed.site.origin.replace("127.0.0.1", "localhost");
    const asked = bed.site.requests.length;
    const direct = await run([post(`${other}/echo`)], { policy, extra: { inputs, variables: answer } });
    expect(direct.finished).toMatchObject({ status: "failed", code: "POLICY_DENIED" });
    const led = await run(
      [custom("http", { method: "GET", url: `${bed.site.origin}/redirect?to=${encodeURIComponent(`${other}/echo`)}` })],
      {
        policy,
      },
    );
    expect(led.finished).toMatchObject({ code: "POLICY_DENIED" });
    expect(led.events).toContainEqual(expect.objectContaining({ kind: "refused", fatal: true }));
    expect(bed.site.requests.slice(asked).filter((request) => request.includes("/echo"))).toEqual([]);
  });

  it("fail on a status that is not expected, and on redirects without end", async () => {
    expect((await run([custom("http", { method: "GET", url: `${bed.site.origin}/echo?status=503` })])).finished).toMatchObject({
      code: "HTTP_FAILED",
      message: expect.stringContaining("503"),
    });
    expect((await run([custom("http", { method: "GET", url: `${bed.site.origin}/echo?status=404`, expect: [404] })])).finished.status).toBe(
      "succeeded",
    );
    expect((await run([custom("http", { method: "GET", url: `${bed.site.origin}/around` })])).finished).toMatchObject({
      code: "HTTP_FAILED",
      message: expect.stringContaining("without end"),
    });
  });
});

describe("what a loop reads", () => {
  const rows = { kind: "data", rows: [{ n: "first" }, { n: "second" }, { n: "third" }] };
  const draw = custom("script", {
    code: "document.body.innerHTML = '<h1>' + {{item.n}} + '</h1><table><tr><th>Part</th></tr><tr><td>' + {{item.n}} + ' nut</td></tr></table>';",
  });
  const heading = { kind: "text", key: "names", selectors: ["h1"], into: "name" };
  const table = { kind: "table", key: "parts", selectors: ["table"] };
  const variables = { name: { type: "string" }, found: { type: "list", output: true } };

  it("is kept from all of its turns where steps add it to a list", async () => {
    const { finished, artifactsDir } = await run(
      [
        open("two"),
        custom("loop", {
          over: rows,
          steps: [
            draw,
            custom("extract", { ...heading, append: true }),
            custom("extract", { ...table, append: true }),
            custom("set", { variable: "found", value: { name: "{{name}}", of: "{{item.n}}" }, append: true }),
          ],
        }),
      ],
      { extra: { variables } },
    );
    const data = {
      names: ["first", "second", "third"],
      parts: [{ Part: "first nut" }, { Part: "second nut" }, { Part: "third nut" }],
      found: ["first", "second", "third"].map((name) => ({ name, of: name })),
    };
    expect(finished).toMatchObject({ status: "succeeded", data });
    const kept = JSON.parse(await readFile(path.join(artifactsDir, "result.json"), "utf8"));
    expect(kept).toEqual(data);
    expect(shapeOf(kept.found)).toMatchObject({ kind: "table", columns: ["name", "of"] });
  });

  it("begins a list with what is there, and is the last turn's alone where nothing is added", async () => {
    const { finished } = await run(
      [
        open("two"),
        custom("extract", { kind: "text", key: "names", selectors: ["h1"] }),
        custom("loop", { over: rows, steps: [draw, custom("extract", { ...heading, append: true }), custom("extract", table)] }),
      ],
      { extra: { variables } },
    );
    expect(finished.data).toEqual({ names: ["Two", "first", "second", "third"], parts: [{ Part: "third nut" }], found: null });
  });

  it("keeps lists in step where a turn finds nothing", async () => {
    const link = (item: string) => `document.body.innerHTML = '<a ' + (${item} === "second" ? "" : "href=/" + ${item}) + ">Go</a>";`;
    const { finished } = await run([
      open("two"),
      custom("loop", {
        over: rows,
        steps: [
          custom("script", { code: link("{{item.n}}") }),
          custom("extract", { kind: "attribute", key: "links", append: true, selectors: ["a"], attribute: "href" }),
        ],
      }),
    ]);
    expect(finished.data).toEqual({ links: ["/first", null, "/third"] });
  });

  it("may be looped over while it is added to", async () => {
    const more = custom("set", { variable: "found", value: "{{item}} again", append: true });
    const { finished } = await run([custom("loop", { over: { kind: "data", from: "found" }, steps: [more] })], {
      extra: { variables: { found: { type: "list", default: ["a", "b"], output: true } } },
    });
    expect(finished.data).toEqual({ found: ["a", "b", "a again", "b again"] });
  });

  it("may not grow without end", async () => {
    const long = "x".repeat(900_000);
    const { finished } = await run(
      [custom("loop", { over: { kind: "times", times: 100 }, steps: [custom("set", { variable: "found", value: long, append: true })] })],
      { extra: { variables } },
    );
    expect(finished).toMatchObject({ status: "failed", code: "VALUE_INVALID", message: expect.stringContaining("20,000,000") });
    expect(finished.data.found).toHaveLength(22);
  });
});

describe("code and files", () => {
  const code = custom("code", {
    code: "const n: number = variables.n as number; return { title: await page.title(), n: n + 1 };",
    into: "answer",
  });
  const extra = { variables: { ...answer, n: { type: "number", default: 1 } } };

  it("need the runner's own consent", async () => {
    const refused = await run([open("two"), code], { extra });
    expect(refused.finished).toMatchObject({ code: "POLICY_DENIED", message: expect.stringContaining("run code") });
    const { finished } = await run([open("two"), code], { extra, policy: allowed({ code: true }) });
    expect(finished).toMatchObject({ status: "succeeded", data: { answer: { title: "Two", n: 2 } } });
    const upload = custom("upload", { selectors: ["#file"], file: { from: "path", path: "/etc/hostname" } });
    expect((await run([open("upload"), upload], { policy: allowed({ code: true }) })).finished).toMatchObject({ code: "POLICY_DENIED" });
  });

  it("a module runs by its default export, and can load nothing", async () => {
    const module = (before: string) => `${before}
      import type { Page } from "playwright-core";
type Answer = { title: string };
export default (async ({ page, variables }: { page: Page; variables: { n: number } }): Promise<Answer> => {
  return { title: (await page.title()) + variables.n };
}) satisfies unknown;
`;
    const of = (text: string) =>
      run([open("two"), custom("code", { code: text, into: "answer" })], { extra, policy: allowed({ code: true }) });
    expect((await of(module("// Reads the title."))).finished).toMatchObject({ status: "succeeded", data: { answer: { title: "Two1" } } });
    expect((await of(module('import fs from "node:fs";'))).finished).toMatchObject({ code: "STEP_INVALID" });
  });

  it("a script runs in the page and nowhere else", async () => {
    const script = custom("script", { code: "return { here: document.title, node: typeof process };", into: "answer" });
    expect((await run([open("two"), script], { extra })).finished.data).toEqual({ answer: { here: "Two", node: "undefined" } });
    expect((await run([open("csp"), script], { extra })).finished.data).toMatchObject({ answer: { here: "Strict" } });
  });

  it("what was downloaded has the step's name and can be uploaded again", async () => {
    const download = (lines: number) => [
      open("two"),
      custom("script", { code: `document.body.innerHTML = '<a href="/file?lines=${lines}">Get</a>';` }),
      custom("download", { selectors: ["a"], name: "export", into: "answer" }),
    ];
    const upload = (selector: string, file: object) => custom("upload", { selectors: [selector], file });
    const text = custom("extract", { kind: "text", key: "log", selectors: ["#log"] });
    const shown = custom("wait", { for: "condition", condition: { kind: "text", selectors: ["#log"], operator: "contains", value: ":" } });
    const { finished, events, artifactsDir } = await run(
      [
        ...download(2),
        open("upload"),
        upload("#file", { from: "download", name: "export" }),
        shown,
        text,
        upload("#choose", { from: "content", name: "own.txt", content: "aGk=", encoding: "base64" }),
        custom("wait", { for: "condition", condition: { kind: "text", selectors: ["#log"], operator: "contains", value: "own" } }),
        { ...text, parameters: { ...(text.parameters as object), key: "second" } },
        upload("#file", { from: "content", name: "table.csv", content: "a,b" }),
        custom("script", { code: "document.querySelector('#log').textContent = document.querySelector('#file').files[0].type;" }),
        { ...text, parameters: { ...(text.parameters as object), key: "type" } },
      ],
      { extra: { variables: answer } },
    );
    expect(finished).toMatchObject({
      status: "succeeded",
      data: { answer: { name: "export", bytes: 8 }, log: "download-01-export: a,b\na,b", second: "own.txt: hi", type: "text/csv" },
    });
    const artifact = events.find((event) => event.kind === "artifact" && event.type === "download");
    expect(artifact).toMatchObject({ name: "export", step: 2 });
    expect(await readFile(path.join(artifactsDir, "download-01-export"), "utf8")).toBe("a,b\na,b\n");
  });

  it("a download over the limit ends the step that wants it", async () => {
    const policy = { ...allowing(), maxDownload: { bytes: 100, by: "device" as const } };
    const steps = [
      open("two"),
      custom("script", { code: `document.body.innerHTML = '<a href="/endless">Get</a>';` }),
      custom("download", { selectors: ["a"], name: "export" }),
    ];
    const { finished, events } = await run(steps, { policy });
    expect(finished).toMatchObject({ code: "DOWNLOAD_FAILED", step: 2, message: expect.stringContaining("policy") });
    expect(events).toContainEqual(expect.objectContaining({ kind: "refused", reason: expect.objectContaining({ kind: "download" }) }));
  });
});

it("a person is waited for as long as the step says, and a model cannot be asked yet", async () => {
  const human = (onTimeout: string) => custom("human", { message: "Please look.", timeoutMs: 1000, onTimeout });
  expect((await run([human("continue")])).finished.status).toBe("succeeded");
  expect((await run([human("fail")])).finished).toMatchObject({ code: "PERSON_MISSING" });
  expect((await run([custom("ai", { instruction: "Read." })])).finished).toMatchObject({ code: "AI_MISSING" });
});

it("a secret variable is hidden wherever the run writes", async () => {
  const variables = { token: { type: "string", writeOnly: true } };
  const { artifactsDir, finished } = await run(
    [
      open("two"),
      custom("set", { variable: "token", value: "tok-51423" }),
      custom("script", { code: "console.log({{token}}); throw new Error({{token}});" }),
    ],
    { extra: { variables } },
  );
  expect(finished.code).toBe("SCRIPT_FAILED");
  const written = await Promise.all(["run.log", "console.log"].map((file) => readFile(path.join(artifactsDir, file), "utf8")));
  expect(written.join("")).not.toContain("51423");
});

it("a run of a test succeeds only with what the test expects, and tells where it is not so", async () => {
  const tests = [
    { name: "right", expect: { heading: "Two" } },
    { name: "wrong", expect: { heading: "Three", rows: [1] } },
  ];
  const steps = [open("two"), custom("extract", { kind: "text", key: "heading", selectors: ["h1"] })];
  expect((await run(steps, { extra: { tests }, test: "right" })).finished.status).toBe("succeeded");
  const { finished, events } = await run(steps, { extra: { tests }, test: "wrong" });
  expect(finished).toMatchObject({ status: "failed", code: "TEST_FAILED", data: { heading: "Two" } });
  expect(events.flatMap((event) => (event.kind === "log" && event.level === "error" ? [event.message] : []))).toEqual(
    expect.arrayContaining(["Not as the test expects: heading.", "Not as the test expects: rows."]),
  );
});
