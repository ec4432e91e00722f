import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { ElementHandle, Frame } from "playwright-core";
import { playwrightSelector } from "./selector-engine.ts";
import { type WantedElement, wantedElement } from "./wanted-element.ts";

/** An element that may be the one that selectors mean. */
export type Candidate = {
  /** 0 to 1 */
  score: number;
  role: string;
  name: string;
  tag: string;
  /** px, in the page's window */
  box: { x: number; y: number; width: number; height: number };
  /** each leads to this element and no other; the most telling first */
  selectors: string[];
};

type Facts = { score: number; role: string; name: string; tag: string; proposals: string[] };

const mostCandidates = 8;

/** The elements of a frame that are most like what the selectors say, the likeliest first. */
export async function findCandidates(frame: Frame, selectors: Selectors): Promise<Candidate[]> {
  const found = await frame.evaluateHandle(rankElements, { wanted: wantedElement(selectors), most: mostCandidates });
  try {
    const facts = await found.evaluate(({ facts }) => facts);
    const elements = await found.getProperty("elements");
    const handles = await elements.getProperties();
    const candidates: Candidate[] = [];
    for (const [index, { proposals, ...fact }] of facts.entries()) {
      const element = handles.get(String(index))?.asElement() as ElementHandle<Element> | null | undefined;
      const box = await element?.boundingBox();
      if (!element || !box) continue;
      const proven = await provenOf(frame, element, proposals);
      if (proven.length > 0) candidates.push({ ...fact, box, selectors: proven });
    }
    return candidates;
  } finally {
    await found.dispose().catch(() => {});
  }
}

async function provenOf(frame: Frame, element: ElementHandle<Element>, proposals: string[]): Promise<string[]> {
  const proven: string[] = [];
  for (const proposal of proposals) {
    const matches = await frame.locator(playwrightSelector([proposal], true)).elementHandles();
    const [only] = matches;
    if (matches.length === 1 && only && (await only.evaluate((one, other) => one === other, element))) proven.push(proposal);
    for (const match of matches) await match.dispose();
  }
  return proven;
}

/** Runs inside the page, so it must not refer to anything outside itself. */
function rankElements({ wanted, most }: { wanted: WantedElement; most: number }): { elements: Element[]; facts: Facts[] } {
  const usable =
    "a, button, input, select, textarea, summary, label, option, [role], [onclick], [tabindex], [contenteditable], h1, h2, h3, th, td, li, img, p, span, div";
  const clean = (text: string) => text.replace(/\s+/g, " ").trim();
  const roles: Record<string, string> = { A: "link", BUTTON: "button", SELECT: "combobox", TEXTAREA: "textbox", IMG: "image" };
  const inputRoles: Record<string, string> = { checkbox: "checkbox", radio: "radio", submit: "button", button: "button", range: "slider" };

  const roleOf = (element: Element) => {
    const given = element.getAttribute("role");
    if (given) return given;
    if (/^H[1-6]$/.test(element.tagName)) return "heading";
    if (element instanceof HTMLInputElement) return inputRoles[element.type] ?? "textbox";
    return roles[element.tagName] ?? "";
  };
  const nameOf = (element: Element) => {
    const labels = (element as HTMLInputElement).labels;
    const label = labels && labels.length > 0 ? [...labels].map((one) => one.innerText).join(" ") : "";
    const own = element.matches("input, select, textarea") ? "" : ((element as HTMLElement).innerText ?? "");
    const rest = element.getAttribute("title") ?? element.getAttribute("placeholder") ?? element.getAttribute("alt") ?? "";
    return clean(element.getAttribute("aria-label") || label || own || rest).slice(0, 120);
  };
  /** Dice's coefficient of pairs of letters: 1 for the same text, 0 for nothing in common. */
  const alike = (a: string, b: string) => {
    const pairs = (text: string) => {
      const lower = ` ${text.toLowerCase()} `;
      return Array.from({ length: Math.max(0, lower.length - 1) }, (_, at) => lower.slice(at, at + 2));
    };
    const [left, right] = [pairs(a), pairs(b)];
    if (left.length === 0 || right.length === 0) return 0;
    const rest = [...right];
    let common = 0;
    for (const pair of left) {
      const at = rest.indexOf(pair);
      if (at < 0) continue;
      common++;
      rest.splice(at, 1);
    }
    return (2 * common) / (left.length + right.length);
  };
  const scoreOf = (element: Element, role: string, name: string) => {
    const parts: [weight: number, value: number][] = [];
    if (wanted.name) parts.push([4, alike(wanted.name, name)]);
    if (wanted.text && wanted.text !== wanted.name) parts.push([3, alike(wanted.text, name)]);
    if (wanted.role) parts.push([2, role === wanted.role ? 1 : 0]);
    if (wanted.tag) parts.push([1, element.tagName.toLowerCase() === wanted.tag ? 1 : 0]);
    if (wanted.id) parts.push([2, alike(wanted.id, `${element.id} ${element.getAttribute("name") ?? ""}`)]);
    if (wanted.classes.length > 0) {
      parts.push([1, wanted.classes.filter((one) => element.classList.contains(one)).length / wanted.classes.length]);
    }
    for (const [key, value] of Object.entries(wanted.attributes)) parts.push([2, alike(value, element.getAttribute(key) ?? "")]);
    const weights = parts.reduce((sum, [weight]) => sum + weight, 0);
    return weights === 0 ? 0 : parts.reduce((sum, [weight, value]) => sum + weight * value, 0) / weights;
  };
  const isVisible = (element: Element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  };
  const pathOf = (element: Element): string => {
    if (element.id && /^[A-Za-z][\w-]*$/.test(element.id)) return `#${element.id}`;
    const parent = element.parentElement;
    const tag = element.tagName.toLowerCase();
    if (!parent || tag === "body") return tag;
    const same = [...parent.children].filter((sibling) => sibling.tagName === element.tagName);
    return `${pathOf(parent)} > ${tag}${same.length > 1 ? `:nth-of-type(${same.indexOf(element) + 1})` : ""}`;
  };
  const proposalsOf = (element: Element, role: string, name: string): string[] => {
    const short = name.length > 0 && name.length <= 80 && !/["[\]]/.test(name);
    const marks = ["data-testid", "data-test", "data-qa", "name"].flatMap((key) => {
      const value = element.getAttribute(key);
      return value && /^[\w-]{1,60}$/.test(value) ? [`[${key}="${value}"]`] : [];
    });
    return [
      ...(short && role ? [`aria/${name}[role="${role}"]`] : []),
      ...(short ? [`aria/${name}`, `text/${name}`] : []),
      ...marks,
      pathOf(element),
    ];
  };

  const ranked = [...document.querySelectorAll(usable)]
    .slice(0, 5000)
    .filter(isVisible)
    .map((element) => {
      const [role, name] = [roleOf(element), nameOf(element)];
      return { element, role, name, score: scoreOf(element, role, name) };
    })
    .filter(({ score }) => score >= 0.25)
    // of a button and what is inside of it the button is meant
    .sort((a, b) => b.score - a.score || (a.element.contains(b.element) ? -1 : 1))
    .filter(({ element, role }, at, all) => role !== "" || !all.slice(0, at).some((better) => better.element.contains(element)))
    .slice(0, most);
  return {
    elements: ranked.map(({ element }) => element),
    facts: ranked.map(({ element, role, name, score }) => ({
      score: Math.round(score * 100) / 100,
      role,
      name,
      tag: element.tagName.toLowerCase(),
      proposals: proposalsOf(element, role, name),
    })),
  };
}
