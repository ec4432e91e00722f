import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hashOf } from "./files/workflow-file.ts";
import { FakeRest, refused } from "./testing/fake-rest.ts";
import { ids, page, version, workflow } from "./testing/views.ts";

let rest: FakeRest;
let folder: string;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  folder = path.join(rest.folder, "workflows");
  rest.answers["GET /projects"] = { items: [{ id: ids.project, name: "P", role: "owner", createdAt: workflow.createdAt }] };
});

afterEach(() => rest.close());

const open = (url: string): Recording["steps"][number] => ({ type: "navigate", url });
const first: Recording = { title: "Sign in", steps: [open("http://localhost/a")] };
const second: Recording = { title: "Sign in", steps: [open("http://localhost/b")] };

/** The server's latest version of its one workflow. */
function serve(recording: Recording, number = 1): void {
  rest.answers["GET /workflows"] = page(workflow);
  const detail = { ...version, number, contentHash: hashOf(recording), steps: [], inputSchema: null, recording };
  rest.answers[`GET /workflows/${ids.workflow}/version`] = detail;
}
const run = (...args: string[]) => rest.deskhand([...args, "--folder", folder, "--json"]);
const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));
const write = (file: string, content: object | string) => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
};
const posts = () => rest.calls.filter(({ route }) => route.startsWith("POST"));
const lock = () => read("deskhand.lock.json");

describe("pull", () => {
  it("writes a file that editors can check, and remembers which version it is", async () => {
    serve(first);
    expect(await run("pull")).toMatchObject({ exitCode: 0, lines: [{ file: "sign-in.json", done: "new", version: 1 }, { written: 1 }] });
    expect(readFileSync(path.join(folder, "sign-in.json"), "utf8")).toBe(
      `${JSON.stringify({ $schema: `${rest.url}/schemas/workflow.json`, ...first }, null, 2)}\n`,
    );
    expect(lock()).toEqual({
      lockVersion: 1,
      projectId: ids.project,
      workflows: { "sign-in.json": { id: ids.workflow, version: hashOf(first) } },
    });
  });

  it("leaves a file alone that says the same in another form, and takes a newer version", async () => {
    serve(first);
    await run("pull");
    write("sign-in.json", { steps: first.steps, title: first.title });
    const before = readFileSync(path.join(folder, "sign-in.json"), "utf8");
    expect((await run("pull")).lines[0]).toMatchObject({ done: "unchanged" });
    expect(readFileSync(path.join(folder, "sign-in.json"), "utf8")).toBe(before);
    serve(second, 2);
    expect((await run("pull")).lines[0]).toMatchObject({ done: "updated", version: 2 });
    expect(read("sign-in.json").steps).toEqual(second.steps);
  });

  it("does not write over what was changed here, unless it is forced to", async () => {
    serve(first);
    await run("pull");
    const mine = { ...first, steps: [open("http://localhost/mine")] };
    write("sign-in.json", mine);
    expect(await run("pull")).toMatchObject({ exitCode: 0, lines: [{ done: "changed here" }, {}] });
    serve(second, 2);
    expect(await run("pull")).toMatchObject({ exitCode: 3, last: { code: "CHANGED_HERE", details: { files: ["sign-in.json"] } } });
    expect(read("sign-in.json")).toEqual(mine);
    expect(lock().workflows["sign-in.json"].version).toBe(hashOf(first));
    expect(await run("pull", "--force")).toMatchObject({ exitCode: 0 });
    expect(read("sign-in.json").steps).toEqual(second.steps);
  });

  it("keeps the code of a step in the file that it was in", async () => {
    const code = (text: string): Recording => ({
      title: "Sign in",
      steps: [{ type: "customStep", name: "deskhand.code", parameters: { code: text } }],
    });
    const module = "export default (async ({ page }) => page.title()) satisfies DeskhandCode;\n";
    serve(code(module));
    await run("pull");
    expect(read("sign-in.json").steps[0].parameters.code).toEqual({ file: "steps/sign-in-1.ts" });
    expect(readFileSync(path.join(folder, "steps/sign-in-1.ts"), "utf8")).toBe(module);
    expect(existsSync(path.join(folder, "deskhand.d.ts"))).toBe(true);
    write("steps/title.ts", module);
    write("sign-in.json", { title: "Sign in", steps: [{ ...code("").steps[0], parameters: { code: { file: "steps/title.ts" } } }] });
    expect((await run("pull")).lines[0]).toMatchObject({ done: "unchanged" });
    serve(code(module.replace("title", "url")), 2);
    expect((await run("pull")).lines[0]).toMatchObject({ done: "updated" });
    expect(read("sign-in.json").steps[0].parameters.code).toEqual({ file: "steps/title.ts" });
    expect(readFileSync(path.join(folder, "steps/title.ts"), "utf8")).toContain("page.url()");
    serve(code("return 1"), 3);
    await run("pull");
    expect(read("sign-in.json").steps[0].parameters.code).toBe("return 1");
  });
});

describe("push", () => {
  it("makes workflows of new files, versions of changed ones, and nothing of the others", async () => {
    serve(first);
    await run("pull");
    expect(await run("push")).toMatchObject({ exitCode: 0, last: { created: 0, changed: 0, unchanged: 1 } });
    expect(posts()).toEqual([]);
    write("sign-in.json", second);
    write("new.json", { ...first, title: "New" });
    rest.answers[`POST /workflows/${ids.workflow}/versions`] = { ...version, number: 2, contentHash: hashOf(second) };
    const other = crypto.randomUUID();
    rest.answers["POST /workflows"] = { ...workflow, id: other, name: "New", latestVersion: 1 };
    expect(await run("push")).toMatchObject({ exitCode: 0, last: { created: 1, changed: 1, unchanged: 0 } });
    expect(posts().map(({ route, body }) => [route, body.basedOn])).toEqual([
      ["POST /workflows", undefined],
      [`POST /workflows/${ids.workflow}/versions`, hashOf(first)],
    ]);
    expect(lock().workflows).toEqual({
      "new.json": { id: other, version: hashOf({ ...first, title: "New" }) },
      "sign-in.json": { id: ids.workflow, version: hashOf(second) },
    });
  });

  it("refuses when the server has moved on, also in the moment of sending, and saves over it when forced", async () => {
    serve(first);
    await run("pull");
    write("sign-in.json", { ...first, steps: [] });
    rest.answers[`POST /workflows/${ids.workflow}/versions`] = refused(409, "WORKFLOW_MOVED_ON", { version: 2 });
    expect(await run("push")).toMatchObject({ exitCode: 3, last: { code: "WORKFLOW_MOVED_ON" } });
    serve(second, 2);
    const sent = posts().length;
    const refusal = await run("push");
    expect(refusal).toMatchObject({ exitCode: 3, last: { code: "WORKFLOW_MOVED_ON", details: { files: [{ file: "sign-in.json" }] } } });
    expect(posts()).toHaveLength(sent);
    rest.answers[`POST /workflows/${ids.workflow}/versions`] = { ...version, number: 3 };
    expect(await run("push", "--force")).toMatchObject({ exitCode: 0, last: { changed: 1 } });
  });

  it("tells file, step and field of all mistakes before anything is sent", async () => {
    write("a.json", { title: "A", steps: [open("x"), { type: "teleport" }] });
    write("b.json", "{");
    write("c.json", { title: "C", steps: [{ type: "customStep", name: "deskhand.code", parameters: { code: { file: "steps/no.ts" } } }] });
    const { exitCode, last } = await run("push");
    expect({ exitCode, code: last.code }).toEqual({ exitCode: 2, code: "RECORDING_INVALID" });
    expect(last.details.issues).toMatchObject([
      { file: "a.json", step: 1, field: "type" },
      { file: "b.json", step: null },
      { file: "c.json", step: 0, field: "parameters.code.file", message: expect.stringMatching(/^c\.json: Step 1: .*steps\/no\.ts/) },
    ]);
    expect(rest.calls).toEqual([]);
  });

  it("sends no file from outside of the folder as code, however it is named", async () => {
    writeFileSync(path.join(rest.folder, "secret.ts"), "export default () => 1");
    mkdirSync(path.join(folder, "steps"), { recursive: true });
    symlinkSync(path.join(rest.folder, "secret.ts"), path.join(folder, "steps/link.ts"));
    for (const file of ["../secret.ts", path.join(rest.folder, "secret.ts"), "steps/link.ts", "deskhand.lock.json"]) {
      write("a.json", { title: "A", steps: [{ type: "customStep", name: "deskhand.code", parameters: { code: { file } } }] });
      expect(await run("push")).toMatchObject({ exitCode: 2, last: { code: "RECORDING_INVALID" } });
    }
    expect(rest.calls).toEqual([]);
  });

  it("does not mix projects, and says what to do about a lock that cannot be read", async () => {
    serve(first);
    await run("pull");
    rest.answers["GET /projects"] = { items: [{ id: ids.run, name: "Q", role: "owner", createdAt: workflow.createdAt }] };
    for (const command of ["pull", "push", "diff"])
      expect(await run(command)).toMatchObject({ exitCode: 3, last: { code: "WRONG_PROJECT" } });
    write("deskhand.lock.json", "<<<<<<< HEAD");
    expect(await run("push")).toMatchObject({ exitCode: 2, last: { code: "LOCK_UNREADABLE" } });
  });

  it("does nothing on a dry run, and chooses files by name and by glob", async () => {
    for (const file of ["order-1.json", "order-2.json", "other.json"]) write(file, { ...first, title: file });
    const { lines } = await run("push", "order-*", "--dry-run");
    expect(lines).toMatchObject([{ file: "order-1.json", done: "created" }, { file: "order-2.json" }, { type: "result", created: 2 }]);
    expect((await run("push", "other", "--dry-run")).lines).toHaveLength(2);
    expect(await run("push", "nothing-*")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(posts()).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(await run("push")).toMatchObject({ exitCode: 2 });
  });
});

describe("diff", () => {
  it("shows steps as people read them, and ends with 1 only when it is asked to", async () => {
    serve(first);
    await run("pull");
    expect(await run("diff", "--exit-code")).toMatchObject({ exitCode: 0, last: { different: 0, same: 1 } });
    write("sign-in.json", { ...second, steps: [...second.steps, { type: "close" }], variables: { n: { type: "number", default: 0 } } });
    const told = await rest.deskhand(["diff", "--folder", folder]);
    expect(told).toMatchObject({ exitCode: 0 });
    expect(told.out).toBe(
      [
        "sign-in.json  (against version 1)",
        "  ~ 1. Open · http://localhost/b",
        '      - "url": "http://localhost/a"',
        '      + "url": "http://localhost/b"',
        "  + 2. Close page",
        "  ~ variables",
        "",
      ].join("\n"),
    );
    expect(await run("diff", "--exit-code")).toMatchObject({
      exitCode: 1,
      lines: [{ status: "changed", version: 1, steps: [{ kind: "changed" }, { kind: "added", before: null }], parts: ["variables"] }, {}],
    });
    serve(second, 2);
    expect((await run("diff")).lines[0]).toMatchObject({ status: "moved-on", version: 2 });
  });
});
