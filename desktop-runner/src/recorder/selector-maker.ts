import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { createRecorderEngine } from "../workflow/selector-engine.ts";

export type PageEngine = ReturnType<typeof createRecorderEngine>;

/**
 * Runs inside the page, so it must not refer to anything outside itself. Makes the Recorder's alternatives for an element, the most telling
 * first; each was tried with the engine that carries steps out, and led to this element and no other.
 */
export function createSelectorMaker(engine: PageEngine): (element: Element) => Selectors {
  const testIds = ["data-testid", "data-test-id", "data-test", "data-qa", "data-cy"];
  const clean = (text: string) => text.replace(/\s+/g, " ").trim();
  const leadsTo = (element: Element, parts: string[]) => {
    const found = engine.queryAll(document, JSON.stringify({ all: true, alternatives: [parts] }));
    return found.length === 1 && found[0] === element;
  };
  /** Ids and classes that a program has numbered are others tomorrow. */
  const isSteady = (word: string) => /^[A-Za-z][\w-]{0,60}$/.test(word) && !/\d{3,}|[0-9a-f]{8,}|[A-Za-z]\d[A-Za-z]\d/.test(word);
  const tagOf = (element: Element) => element.tagName.toLowerCase();

  function testIdOf(element: Element): string | undefined {
    for (const name of testIds) {
      const value = element.getAttribute(name);
      if (value && /^[\w .:/-]{1,100}$/.test(value)) return `[${name}="${value}"]`;
    }
    return undefined;
  }

  function simples(element: Element): string[] {
    const tag = tagOf(element);
    const named = ["name", "aria-label", "placeholder", "title"].flatMap((name) => {
      const value = element.getAttribute(name);
      return value && /^[\w .-]{1,60}$/.test(value) ? [`${tag}[${name}="${value}"]`] : [];
    });
    const testId = testIdOf(element);
    return [
      ...(isSteady(element.id) ? [`#${element.id}`] : []),
      ...(testId ? [testId] : []),
      ...named,
      ...[...element.classList].filter(isSteady).map((name) => `${tag}.${name}`),
      tag,
    ];
  }

  const placeOf = (element: Element) => {
    const same = [...(element.parentNode?.children ?? [])].filter((sibling) => sibling.tagName === element.tagName);
    return { index: same.indexOf(element) + 1, isOnly: same.length === 1 };
  };

  /** The shortest path found that is the only one among what is in the same document or shadow root. */
  function cssOf(element: Element): string | undefined {
    const root = element.getRootNode() as Document | ShadowRoot;
    const isOnly = (css: string) => {
      const found = root.querySelectorAll(css);
      return found.length === 1 && found[0] === element;
    };
    const own = simples(element).find(isOnly);
    if (own) return own;
    const nth = (one: Element) => {
      const { index, isOnly: alone } = placeOf(one);
      return alone ? tagOf(one) : `${tagOf(one)}:nth-of-type(${index})`;
    };
    let path = nth(element);
    for (let up = element.parentElement; up; up = up.parentElement) {
      const found = simples(up)
        .map((simple) => `${simple} > ${path}`)
        .find(isOnly);
      if (found) return found;
      path = `${nth(up)} > ${path}`;
    }
    return isOnly(path) ? path : undefined;
  }

  /** One part for each shadow root on the way. */
  function partsOf(element: Element): string[] | undefined {
    const own = cssOf(element);
    if (own === undefined) return undefined;
    const root = element.getRootNode();
    if (!(root instanceof ShadowRoot)) return [own];
    const above = partsOf(root.host);
    return above && [...above, own];
  }

  function xpathOf(element: Element): string | undefined {
    if (element.getRootNode() !== document) return undefined;
    let path = "";
    for (let at: Element | null = element; at; at = at.parentElement) {
      if (isSteady(at.id)) return `xpath///*[@id="${at.id}"]${path}`;
      const { index, isOnly } = placeOf(at);
      path = `/${at instanceof HTMLElement ? tagOf(at) : `*[name()="${at.tagName}"]`}${isOnly ? "" : `[${index}]`}${path}`;
    }
    return `xpath/${path}`;
  }

  function ariaOf(element: Element): string[] {
    const name = engine.nameOf(element);
    const role = engine.roleOf(element);
    if (!name || name.length > 80 || /["'[\]]|\{\{/.test(name)) return [];
    return role === "generic" || role === "LabelText" ? [`aria/${name}`] : [`aria/${name}[role="${role}"]`, `aria/${name}`];
  }

  function textOf(element: Element): string | undefined {
    if (element.matches("input, select, textarea, [contenteditable], html, body")) return undefined;
    const text = element.textContent ?? "";
    const short = text.trim();
    return short.length >= 2 && short.length <= 64 && clean(short) === short && !short.includes("{{") ? `text/${short}` : undefined;
  }

  return (element) => {
    const parts = partsOf(element);
    const testId = testIdOf(element);
    const last = parts?.at(-1);
    const xpath = xpathOf(element);
    const text = textOf(element);
    // a test's own mark is there to be found by; a name is what a person goes by
    const aria = ariaOf(element).find((one) => leadsTo(element, [one]));
    const proposals: string[][] = [
      ...(aria ? [[aria]] : []),
      ...(testId ? [[...(parts?.slice(0, -1) ?? []), testId]] : []),
      ...(parts ? [parts] : []),
      ...(xpath ? [[xpath]] : []),
      ...(last ? [[`pierce/${last}`]] : []),
      ...(text ? [[text]] : []),
    ];
    const seen = new Set<string>();
    return proposals
      .filter((one) => {
        const key = one.join("\n");
        if (seen.has(key)) return false;
        seen.add(key);
        return leadsTo(element, one);
      })
      .map((one) => (one.length === 1 ? (one[0] ?? "") : one));
  };
}
