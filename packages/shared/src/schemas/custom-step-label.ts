import type { AssertParameters, HttpParameters, LoopOver } from "./custom-step-parameters.ts";
import { describeSelectors, label, quote, type StepLabel, shorten } from "./label-words.ts";
import type { StepOf } from "./recording-steps.ts";
import type { Condition } from "./step-parts.ts";

/** As describeStep, for the steps that are Deskhand's own. */
export function describeCustomStep(step: StepOf<"customStep">): StepLabel {
  switch (step.name) {
    case "deskhand.extract": {
      const what = step.parameters.kind === "attribute" ? `attribute ${step.parameters.attribute}` : step.parameters.kind;
      return label(
        "Read",
        describeSelectors(step.parameters.selectors),
        `${what} ${step.parameters.append ? "added to" : "into"} ${step.parameters.key}`,
      );
    }
    case "deskhand.screenshot":
      return label("Take screenshot", step.parameters.name, step.parameters.fullPage ? "of the full page" : "");
    case "deskhand.assert":
      return describeAssert(step.parameters);
    case "deskhand.if":
      return label("If", describeCondition(step.parameters.condition), step.parameters.else?.length ? "or else" : "");
    case "deskhand.loop":
      return label("Repeat", describeOver(step.parameters.over), step.parameters.as ? `as ${step.parameters.as}` : "");
    case "deskhand.retry":
      return label("Try", times(step.parameters.attempts), step.parameters.fallback?.length ? "with a fallback" : "");
    case "deskhand.workflow":
      return label("Run workflow", shorten(step.parameters.workflowId), `as it was at ${step.parameters.version.slice(0, 8)}`);
    case "deskhand.wait":
      if (step.parameters.for === "time") return label("Wait", `${step.parameters.ms / 1000} s`);
      if (step.parameters.for === "expression") return label("Wait until", shorten(step.parameters.expression));
      return label("Wait until", describeCondition(step.parameters.condition));
    case "deskhand.drag":
      return label("Drag", describeSelectors(step.parameters.selectors), `to ${describeSelectors(step.parameters.to)}`);
    case "deskhand.http":
      return describeHttp(step.parameters);
    case "deskhand.upload": {
      const { file, selectors } = step.parameters;
      return label("Upload", describeSelectors(selectors), file.from === "path" ? "a file of the computer" : `file ${quote(file.name)}`);
    }
    case "deskhand.download":
      return label("Download", describeSelectors(step.parameters.selectors), `as ${step.parameters.name}`);
    case "deskhand.script":
      return label("Run script in the page", "", into(step.parameters));
    case "deskhand.code":
      return label("Run code on the runner", "", into(step.parameters));
    case "deskhand.human":
      return label("Ask a person", quote(step.parameters.message));
    case "deskhand.ai":
      return label("Ask the model", quote(step.parameters.instruction), into(step.parameters));
    case "deskhand.set":
      return label("Set", step.parameters.variable, step.parameters.append ? "with one more item" : "");
  }
}

function describeAssert(parameters: AssertParameters): StepLabel {
  switch (parameters.check) {
    case "visible":
    case "hidden":
      return label("Check", describeSelectors(parameters.selectors), `is ${parameters.check}`);
    case "text":
      return label("Check", describeSelectors(parameters.selectors), `text ${parameters.operator} ${quote(parameters.value)}`);
    case "count":
      return label("Check", describeSelectors(parameters.selectors), `count ${parameters.operator ?? "=="} ${parameters.count}`);
    case "url":
      return label("Check", "address", `${parameters.operator} ${quote(parameters.value)}`);
  }
}

/** A condition in words, without the values that it compares with where those may be long. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case "element":
      return `${describeSelectors(condition.selectors)} is ${condition.state}`;
    case "text":
      return `${describeSelectors(condition.selectors)} ${condition.operator} ${quote(condition.value)}`;
    case "url":
      return `address ${condition.operator} ${quote(condition.value)}`;
    case "variable": {
      if (condition.operator === "empty") return `${condition.name} is empty`;
      const operator = { greater: "is more than", less: "is less than" }[condition.operator as string] ?? condition.operator;
      return `${condition.name} ${operator} ${quote(String(condition.value ?? ""))}`;
    }
    case "all":
    case "any":
      return shorten(condition.conditions.map(describeCondition).join(condition.kind === "all" ? " and " : " or "));
    case "not":
      return `not: ${describeCondition(condition.condition)}`;
  }
}

function describeOver(over: LoopOver): string {
  switch (over.kind) {
    case "times":
      return typeof over.times === "number" ? times(over.times) : `${over.times} times`;
    case "data":
      return over.from ? `for each of ${over.from}` : over.rows ? `for each of ${over.rows.length} rows` : "for each row";
    case "elements":
      return `for each ${describeSelectors(over.selectors)}`;
    case "while":
      return `while ${describeCondition(over.condition)}`;
  }
}

function describeHttp({ method, url, into: variable }: HttpParameters): StepLabel {
  // a query may hold keys
  const address = shorten(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@?#]*@/i, "$1").replace(/[?#].*$/s, ""));
  return label("Send request", `${method} ${address}`, into({ into: variable }));
}

function into({ into: variable }: { into?: string | undefined }): string {
  return variable ? `into ${variable}` : "";
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
