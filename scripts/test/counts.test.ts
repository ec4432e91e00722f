import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countPlaywright, countVitest, failedInPlaywright, failedInVitest } from "./counts.ts";

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "deskhand-counts-"));
  file = path.join(dir, "report.json");
});
afterEach(() => rm(dir, { recursive: true }));

const vitest = (report: object) =>
  writeFile(
    file,
    JSON.stringify({ numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [], ...report }),
  );
const playwright = (stats: object, errors: object[] = []) =>
  writeFile(file, JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors }));

test("what passed, failed and was skipped is summed", async () => {
  await vitest({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });
  expect(countVitest(file, 1)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  await playwright({ expected: 4, unexpected: 1, skipped: 2 });
  expect(countPlaywright(file, 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

test("a stage that crashed before its report is a failure", async () => {
  expect(countVitest(file, 1)).toMatchObject({ failed: 1 });
  await writeFile(file, '{"stats": {"exp');
  expect(countPlaywright(file, 0)).toMatchObject({ failed: 1 });
});

test("a stage that ran no test is a failure", async () => {
  await vitest({});
  expect(countVitest(file, 0)).toMatchObject({ failed: 1 });
  await playwright({ skipped: 3 });
  expect(countPlaywright(file, 0)).toMatchObject({ failed: 1 });
});

test("a stage that ended badly though all its tests passed is a failure", async () => {
  await vitest({ numPassedTests: 5 });
  expect(countVitest(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  await playwright({ expected: 5 });
  expect(countPlaywright(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
});

test("a test file that cannot be loaded is a failure", async () => {
  await vitest({ numPassedTests: 5, testResults: [{ status: "failed", assertionResults: [] }] });
  expect(countVitest(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
});

test("a journey that passed only when repeated is a failure", async () => {
  await playwright({ expected: 5, flaky: 1 });
  expect(countPlaywright(file, 0)).toEqual({ passed: 5, failed: 1, skipped: 0 });
});

test("each test that failed is named with its file and the first line of its reason", async () => {
  const failed = { status: "failed", fullName: "a box opens", failureMessages: ["\u001b[31mError: stuck\u001b[39m\n  at box.ts:3"] };
  const passed = { status: "passed", fullName: "a box closes" };
  await vitest({
    testResults: [
      { name: path.join(dir, "box.test.ts"), status: "failed", assertionResults: [failed, passed] },
      { name: path.join(dir, "lid.test.ts"), status: "failed", message: "SyntaxError: no lid", assertionResults: [] },
      { name: path.join(dir, "key.test.ts"), status: "passed", assertionResults: [passed] },
    ],
  });
  expect(failedInVitest(file, dir)).toEqual(["box.test.ts › a box opens › Error: stuck", "lid.test.ts › SyntaxError: no lid"]);
  const spec = (title: string, ok: boolean) => ({
    title,
    file: "box.spec.ts",
    line: 7,
    ok,
    tests: [{ results: [{ errors: ok ? [] : [{ message: "Error: shut\n\n  at 9" }] }] }],
  });
  await writeFile(
    file,
    JSON.stringify({
      errors: [{ message: "no server" }],
      suites: [{ specs: [spec("opens", false)], suites: [{ specs: [spec("closes", true)] }] }],
    }),
  );
  expect(failedInPlaywright(file)).toEqual(["no server", "box.spec.ts:7 › opens › Error: shut"]);
});

test("a report that is not there names nothing", () => {
  expect([...failedInVitest(file, dir), ...failedInPlaywright(file)]).toEqual([]);
});
