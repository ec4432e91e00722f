import { type EditorDocument, isRecord, listNames, visitSteps } from "./document.ts";
import type { StepIssue } from "./issues.ts";

const ways = new Set(["selectors", "to", "nextPage", "loadMore"]);

/**
 * What a new step leaves empty and a person has to fill in: how its element is found, and which page is opened. The format allows both, so
 * the server takes them and the run would fail. By step; those that are switched off are passed over.
 */
export function emptyPlaces(document: EditorDocument): ReadonlyMap<string, readonly StepIssue[]> {
  const found = new Map<string, StepIssue[]>();
  for (const { id, node } of visitSteps(document)) {
    const { step } = node;
    if (isRecord(step.deskhand) && step.deskhand.disabled === true) continue;
    const issues = emptyWays(step, "", new Set(listNames(step)));
    if (step.type === "navigate" && isBlankAddress(step.url)) issues.push({ field: "url", message: "Give the address of the page." });
    if (step.name === "deskhand.http" && isBlankAddress(step.parameters?.url)) {
      issues.push({ field: "parameters.url", message: "Give the address." });
    }
    if (issues.length > 0) found.set(id, issues);
  }
  return found;
}

/** `lists`: what has steps of its own, which are looked at as such. */
function emptyWays(value: Readonly<Record<string, unknown>>, path: string, lists: ReadonlySet<string>): StepIssue[] {
  return Object.entries(value).flatMap(([name, inside]) => {
    const at = path ? `${path}.${name}` : name;
    if (path === "parameters" && lists.has(name)) return [];
    if (Array.isArray(inside)) {
      if (ways.has(name)) return inside.flatMap((way, index) => (isEmptyWay(way) ? [sayOf(`${at}[${index}]`)] : []));
      return inside.flatMap((one, index) => (isRecord(one) ? emptyWays(one, `${at}[${index}]`, lists) : []));
    }
    return isRecord(inside) ? emptyWays(inside, at, lists) : [];
  });
}

const sayOf = (field: string): StepIssue => ({ field, message: "Say how the element is found." });

function isEmptyWay(way: unknown): boolean {
  const parts = [way].flat();
  return parts.every((part) => typeof part === "string" && /^(?:(?:aria|text|xpath|pierce|css)\/)?\s*$/.test(part));
}

function isBlankAddress(url: unknown): boolean {
  return typeof url === "string" && /^\s*(?:https?:\/\/)?\s*$/.test(url);
}
