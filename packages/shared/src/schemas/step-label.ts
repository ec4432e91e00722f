import { describeCustomStep } from "./custom-step-label.ts";
import { describeSelectors, label, quote, type StepLabel, shorten } from "./label-words.ts";
import type { Step } from "./recording-steps.ts";
import type { Selectors } from "./step-parts.ts";

/**
 * Words for a step, made from the recording before inputs are filled in, so that a secret input reads as its placeholder.
 * Text typed into a field that looks like a password is never shown.
 */
export function describeStep(step: Step): StepLabel {
  const { verb, target, detail } = describe(step);
  const place = "target" in step && step.target && step.target !== "main" ? `in ${shorten(step.target)}` : "";
  const off = step.deskhand?.disabled ? "turned off" : "";
  return { verb, target, detail: [detail, place, off].filter(Boolean).join(", ") };
}

/** The label in one line: `Click · button "Sign in"`. */
export function stepTitle(step: Step): string {
  const { verb, target } = describeStep(step);
  return target ? `${verb} · ${target}` : verb;
}

function describe(step: Step): StepLabel {
  switch (step.type) {
    case "setViewport":
      return label("Set window size", `${step.width} × ${step.height}`, step.isMobile ? "mobile" : "");
    case "navigate":
      return label("Open", shorten(withoutCredentials(step.url)));
    case "click":
      return label(step.button === "secondary" ? "Right-click" : "Click", describeSelectors(step.selectors));
    case "doubleClick":
      return label("Double-click", describeSelectors(step.selectors));
    case "change":
      return label("Fill in", describeSelectors(step.selectors), describeValue(step.selectors, step.value));
    case "hover":
      return label("Point at", describeSelectors(step.selectors));
    case "keyDown":
      return label("Press key", describeKey(step.key));
    case "keyUp":
      return label("Release key", describeKey(step.key));
    case "scroll":
      return label("Scroll", step.selectors ? describeSelectors(step.selectors) : "page", `to ${step.x ?? 0}, ${step.y ?? 0}`);
    case "waitForElement":
      return label(step.visible === false ? "Wait until gone" : "Wait for", describeSelectors(step.selectors), countDetail(step));
    case "waitForExpression":
      return label("Wait until", shorten(step.expression));
    case "emulateNetworkConditions":
      return step.download === 0 && step.upload === 0
        ? label("Go offline", "")
        : label("Limit network", `${kilobytes(step.download)} down, ${kilobytes(step.upload)} up`, `${step.latency} ms latency`);
    case "close":
      return label("Close page", "");
    case "customStep":
      return describeCustomStep(step);
  }
}

function describeValue(selectors: Selectors, value: string): string {
  const isTemplate = /^\s*\{\{[^{}]*\}\}\s*$/.test(value);
  if (!isTemplate && /pass(word|code|phrase)?|secret|token|\bpin\b|otp|cvc|cvv|card.?number/i.test(JSON.stringify(selectors))) {
    return "with a hidden value";
  }
  return `with ${quote(value)}`;
}

/** A key that types a character may be part of a password, so only keys with a name are told. */
function describeKey(key: string): string {
  return [...key].length === 1 && key !== " " ? "a character" : key === " " ? "Space" : shorten(key);
}

function countDetail(step: { operator?: string | undefined; count?: number | undefined }): string {
  return step.count === undefined ? "" : `${step.operator ?? ">="} ${step.count}`;
}

function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@?#]*@/i, "$1");
}

function kilobytes(bytesPerSecond: number): string {
  return `${Math.round(bytesPerSecond / 1024)} KB/s`;
}
