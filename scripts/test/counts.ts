import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Counts } from "./stage.ts";

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
};

type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: { message?: string }[];
  suites?: PlaywrightSuite[];
};

type PlaywrightSuite = {
  suites?: PlaywrightSuite[];
  specs?: { title: string; file: string; line: number; ok: boolean; tests: { results: { errors: { message?: string }[] }[] }[] }[];
};

/**
 * What a run of vitest came to. A file that could not be loaded counts as a failure, and so does a run that ended badly
 * without naming one, or that ran nothing.
 */
export function countVitest(file: string, exitCode: number): Counts {
  const report = read<VitestReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return suspicious(counts, exitCode);
}

/** What a run of Playwright came to; like `countVitest`. A test that passed only when it was repeated counts as failed. */
export function countPlaywright(file: string, exitCode: number): Counts {
  const report = read<PlaywrightReport>(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return suspicious({ passed: expected, failed: unexpected + flaky + report.errors.length, skipped }, exitCode);
}

/** Of each test that failed: its file, its name and the first line of its reason, so that the end of a long output says it all. */
export function failedInVitest(file: string, root: string): string[] {
  return (read<VitestReport>(file)?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const place = path.relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && failed.length === 0) return [lineOf(place, "", message)];
    return failed.map(({ fullName, failureMessages }) => lineOf(place, fullName, failureMessages?.[0]));
  });
}

/** Like `failedInVitest`. */
export function failedInPlaywright(file: string): string[] {
  const report = read<PlaywrightReport>(file);
  const below = (suite: PlaywrightSuite): string[] => [
    ...(suite.specs ?? [])
      .filter(({ ok }) => !ok)
      .map((spec) => lineOf(`${spec.file}:${spec.line}`, spec.title, spec.tests[0]?.results[0]?.errors[0]?.message)),
    ...(suite.suites ?? []).flatMap(below),
  ];
  return [...(report?.errors ?? []).map(({ message }) => lineOf("", "", message)), ...(report?.suites ?? []).flatMap(below)];
}

function lineOf(place: string, name: string, reason = ""): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  const [first = ""] = reason.replace(/\u001b\[[0-9;]*m/g, "").split("\n");
  return [place, name, first.trim().slice(0, 200)].filter(Boolean).join(" › ");
}

function suspicious(counts: Counts, exitCode: number): Counts {
  const nothingRan = counts.passed + counts.failed === 0;
  return counts.failed === 0 && (exitCode !== 0 || nothingRan) ? { ...counts, failed: 1 } : counts;
}

function read<Report>(file: string): Report | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined; // cut off by a crash
  }
}
