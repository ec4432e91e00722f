import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { expect, test } from "./fixtures.ts";
import { steps } from "./recordings.ts";

/** Reads the practice site's heading, and expects it to be `heading`. */
function readsHeading(url: string, title: string, heading: string): Recording {
  return {
    title,
    tests: [{ name: "Reads the heading", expect: { heading } }],
    steps: [
      steps.open(`${url}/practice`),
      { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["h1"] } },
    ],
  };
}

test("a workflow is pulled, changed, tested and pushed as a file, and only what passes its tests is published", async ({
  demo,
  product,
}) => {
  const home = await mkdtemp(path.join(tmpdir(), "deskhand-files-"));
  const env = { DESKHAND_HOME: home, DESKHAND_URL: product.url, DESKHAND_API_KEY: product.firstRun.apiKey };
  const folder = path.join(home, "workflows");
  const run = (...args: string[]) => deskhand([...args, "--folder", folder], { env });
  try {
    const title = own("As a file");
    const workflow = await demo.createWorkflow(readsHeading(product.url, title, "Something else"));
    const profile = await demo.createProfile();
    const on = ["--profile", profile.id];

    const pulled = await run("pull", title);
    expect(pulled).toMatchObject({ exitCode: 0, lines: [{ done: "new", version: 1 }, { written: 1 }] });
    const file = path.join(folder, pulled.lines[0]?.file as string);
    expect(JSON.parse(await readFile(file, "utf8")).$schema).toBe(`${product.url}/schemas/workflow.json`);
    expect(await run("diff", "--exit-code")).toMatchObject({ exitCode: 0 });

    const failed = await run("test", ...on);
    expect(failed).toMatchObject({ exitCode: 1, last: { passed: 0, failed: 1 } });
    expect(failed.lines[0]).toMatchObject({
      type: "test",
      passed: false,
      failureCode: "TEST_FAILED",
      differences: [{ path: "heading", expected: "Something else", actual: expect.any(String) }],
    });
    const actual = (failed.lines[0]?.differences as { actual: string }[] | undefined)?.[0]?.actual ?? "";

    // a wrong change is tested as a draft, and nobody gets it
    const wrong = readsHeading(product.url, title, "Nor this");
    await writeFile(file, JSON.stringify(wrong));
    expect(await run("push", "--test", ...on)).toMatchObject({ exitCode: 1, last: { code: "TEST_FAILED" } });
    expect(await demo.call("GET", `/workflows/${workflow.id}`)).toMatchObject({ latestVersion: 1 });

    await writeFile(file, JSON.stringify(readsHeading(product.url, title, actual)));
    expect(await run("diff", "--exit-code")).toMatchObject({ exitCode: 1, lines: [{ status: "changed", parts: ["tests"] }, {}] });
    expect(await run("test", ...on)).toMatchObject({ exitCode: 0, last: { passed: 1, failed: 0 } });
    const pushed = await run("push", "--test", ...on);
    expect(pushed).toMatchObject({ exitCode: 0, last: { changed: 1 } });
    const { latestVersion } = await demo.call<{ latestVersion: number }>("GET", `/workflows/${workflow.id}`);
    expect(pushed.lines.find(({ type }) => type === "file")).toMatchObject({ done: "changed", version: latestVersion });
    expect(await run("push")).toMatchObject({ exitCode: 0, last: { changed: 0, unchanged: 1 } });

    // somebody else saves on the dashboard
    const theirs = readsHeading(product.url, title, "Theirs");
    await demo.call("POST", `/workflows/${workflow.id}/versions`, { recording: JSON.stringify(theirs) });
    await writeFile(file, JSON.stringify(wrong));
    expect(await run("push")).toMatchObject({ exitCode: 3, last: { code: "WORKFLOW_MOVED_ON" } });
    expect(await run("pull")).toMatchObject({ exitCode: 3, last: { code: "CHANGED_HERE" } });
    expect(await run("push", "--force")).toMatchObject({ exitCode: 0, last: { changed: 1 } });

    const fresh = own("New file");
    await writeFile(path.join(folder, "fresh.json"), JSON.stringify(readsHeading(product.url, fresh, actual)));
    expect(await run("test", "fresh", ...on)).toMatchObject({ exitCode: 0 });
    const listed = () => demo.call<{ items: unknown[] }>("GET", `/workflows?search=${encodeURIComponent(fresh)}`);
    expect((await listed()).items).toHaveLength(0);
    expect(await run("push", "fresh.json")).toMatchObject({ exitCode: 0, last: { created: 1 } });
    expect((await listed()).items).toHaveLength(1);
  } finally {
    await rm(home, { recursive: true });
  }
});
