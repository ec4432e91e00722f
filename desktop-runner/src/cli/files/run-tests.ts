import { deploymentView, type InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import type { RecordingTest } from "@deskhand/shared/schemas/recording-tests";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { testInputs } from "@deskhand/shared/schemas/test-inputs";
import { type Difference, differencesOf } from "@deskhand/shared/schemas/test-result";
import * as z from "zod";
import { type RunnerHome, runnerHome } from "../../identity/home.ts";
import { sealTo } from "../../identity/identity.ts";
import type { Api } from "../api.ts";
import { CliError, usageError } from "../failure.ts";
import { findProfile, findRunner } from "../lookup.ts";
import type { Output } from "../output.ts";
import { parseInputs } from "../parse-inputs.ts";
import { recipientOf } from "../recipient-of.ts";
import type { Environment } from "../settings.ts";
import { getRunner, signDeployment } from "../sign-deployment.ts";
import { endLine, followRun } from "../watch-runs.ts";

/** Where tests are run, and with which secrets. */
export type TestPlace = { api: Api; home: RunnerHome; runner: RunnerView; profileId: string; given: Record<string, string> };
export type TestedVersion = { file: string; recording: Recording; workflowId: string; version: number };
export type TestResult = { name: string; passed: boolean; runId: string; failureCode: string | null; differences: Difference[] };

export async function testPlace(
  api: Api,
  env: Environment,
  flags: { profile: string; runner?: string | undefined; input?: string[] | undefined },
): Promise<TestPlace> {
  const wanted = flags.runner === undefined ? undefined : (await findRunner(api, flags.runner)).id;
  const profile = await findProfile(api, flags.profile, wanted);
  const runner = await getRunner(api, profile.runnerId);
  return { api, home: runnerHome(env), runner, profileId: profile.id, given: parseInputs(flags.input ?? []) };
}

/** Runs tests of a version, those of these names or all, in the document's order, and tells each as it ends. */
export async function testVersion(
  place: TestPlace,
  tested: TestedVersion,
  only: readonly string[] | undefined,
  output: Output,
): Promise<TestResult[]> {
  const { api } = place;
  const { recording, workflowId, version } = tested;
  const tests = (recording.tests ?? []).filter(({ name }) => !only || only.includes(name));
  if (tests.length === 0) return [];
  const secrets = await sealSecrets(place, recording);
  const asked = [];
  for (const test of tests) {
    const inputs = inputsOf(recording, test, secrets);
    const workflow = { id: workflowId, version };
    const signedManifest = await signDeployment(api, place.home, place.runner, {
      workflow,
      recording,
      profileIds: [place.profileId],
      inputs,
    });
    asked.push({ name: test.name, secrets, ...(signedManifest && { signedManifest }) });
  }
  const { projectId, id: runnerId } = place.runner;
  const body = { projectId, version, runnerId, profileId: place.profileId, tests: asked };
  const { items } = await api.post(`/workflows/${workflowId}/tests`, body, z.object({ items: z.array(deploymentView) }));
  const results: TestResult[] = [];
  for (const [index, test] of tests.entries()) {
    const runId = items[index]?.runIds[0] ?? "";
    const run = await followRun(api, runId, () => {});
    const passed = run.state === "succeeded";
    const differences = run.failureCode === "TEST_FAILED" ? await compare(api, run, test) : [];
    const result = { name: test.name, passed, runId, failureCode: run.failureCode, differences };
    results.push(result);
    output.tell({ type: "test", file: tested.file, workflowId, version, ...result }, lineOf(tested.file, result, run));
  }
  return results;
}

async function sealSecrets({ given, home, runner }: TestPlace, { inputs }: Recording): Promise<InputValues> {
  const sealed: InputValues = {};
  for (const name of secretInputNames(inputs)) {
    const value = given[name];
    if (value !== undefined) sealed[name] = { sealed: await sealTo(recipientOf(home, runner), value) };
  }
  return sealed;
}

function inputsOf(recording: Recording, test: RecordingTest, secrets: InputValues): InputValues {
  const plain = testInputs(recording, test.name);
  if (plain) return { ...plain, ...secrets };
  throw usageError(`The inputs of the test "${test.name}" do not fit the workflow.`, "Correct the test's inputs.");
}

/** What the run read is on its runner, and is compared here. An answer that cannot be had leaves the run's own words. */
async function compare(api: Api, { artifacts }: RunDetail, test: RecordingTest): Promise<Difference[]> {
  const artifact = artifacts.findLast(({ type }) => type === "result");
  if (!artifact) return differencesOf(test.expect, {});
  try {
    return differencesOf(test.expect, JSON.parse(await api.text(`/artifacts/${artifact.id}/content`)));
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
}

function lineOf(file: string, { name, passed, differences }: TestResult, run: RunDetail): string {
  const head = `${passed ? "✓" : "✗"} ${file} · ${name}`;
  if (passed) return head;
  if (differences.length === 0) return `${head}\n    ${endLine(run)}`;
  const lines = differences.map(({ path, expected, actual }) => `    ${path}: expected ${short(expected)}, read ${short(actual)}`);
  return [head, ...lines].join("\n");
}

function short(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
