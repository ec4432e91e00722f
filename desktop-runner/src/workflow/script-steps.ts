import { stripTypeScriptTypes } from "node:module";
import { defaultExport, isCodeModule } from "@deskhand/shared/schemas/code-module";
import { isTimeout, messageOf, StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

/** What a script may hand back, characters of JSON. */
const longestAnswer = 5_000_000;

/**
 * Runs code in the page and nowhere else; it can do there what the page's own code can. It is an expression by now, with its values
 * in it (`fillExpression`). */
export async function runScript(code: string, scope: StepScope): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await inTime(scope, scope.frame.evaluate(code));
  } catch (error) {
    if (error instanceof StepFailure || /closed|crashed|detached/i.test(messageOf(error))) throw error;
    throw new StepFailure("SCRIPT_FAILED", { reason: kindOf(error) });
  }
  return plain(answer);
}

const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => (...values: unknown[]) => Promise<unknown>;

/**
 * Runs TypeScript on this computer, with all that the runner may do: only where its owner's policy says so.
 * `page` and `context` are Playwright's, `variables` holds copies of inputs and variables.
 */
export async function runCode(code: string, scope: StepScope): Promise<unknown> {
  if (!scope.services.allow) throw new StepFailure("POLICY_DENIED");
  scope.services.allow("code");
  let body: (...values: unknown[]) => Promise<unknown>;
  try {
    body = new AsyncFunction("page", "context", "variables", isCodeModule(code) ? bodyOfModule(code) : withoutTypes(code));
  } catch {
    throw new StepFailure("STEP_INVALID", { reason: "its code is not TypeScript that can be run: types only, no enums or namespaces" });
  }
  try {
    return plain(await inTime(scope, body(scope.page, scope.context, structuredClone({ ...scope.state.values }))));
  } catch (error) {
    if (error instanceof StepFailure || isTimeout(error) || /closed|crashed/i.test(messageOf(error))) throw error;
    throw new StepFailure("CODE_FAILED", { reason: kindOf(error) });
  }
}

/** A function around it, so that "return" is no mistake to the parser; positions stay as they were written. */
function withoutTypes(code: string): string {
  const types = stripTypeScriptTypes(`async()=>{${code}\n}`);
  return types.slice("async()=>{".length, types.lastIndexOf("}"));
}

/** Imports of types are gone with the types; any other is a mistake inside of a function, and is told as one. */
function bodyOfModule(code: string): string {
  const script = stripTypeScriptTypes(code).replace(defaultExport, "const exported =");
  return `${script}\nreturn exported({ page, context, variables });`;
}

/** The kind of an error and not its words, which may hold what the page or an input says. */
function kindOf(error: unknown): string {
  const name = error instanceof Error ? (/\b([A-Z]\w{0,40}Error)\b/.exec(`${error.name} ${error.message}`)?.[1] ?? error.name) : "an error";
  return /^\w{1,60}$/.test(name) ? name : "an error";
}

async function inTime<T>(scope: StepScope, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailure("STEP_TIMEOUT", { seconds: scope.timeoutMs / 1000 })), remaining(scope));
  });
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** JSON of what came, so that it can be a variable and part of the result. */
function plain(value: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value ?? null);
  } catch {
    throw new StepFailure("VALUE_INVALID", { reason: "the answer is not JSON" });
  }
  if (text === undefined || text.length > longestAnswer)
    throw new StepFailure("VALUE_INVALID", { reason: "the answer is not JSON, or too large" });
  return JSON.parse(text);
}
