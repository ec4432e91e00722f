import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import { selectors as playwrightSelectors } from "playwright-core";

const engineName = "deskhand";

let registered: Promise<void> | undefined;

/** Makes the Recorder's selectors known to Playwright; once for the process, before the first context is opened. */
export function registerSelectorEngine(): Promise<void> {
  registered ??= playwrightSelectors.register(engineName, createRecorderEngine, { contentScript: true });
  return registered;
}

/**
 * The Playwright selector for a step's alternatives, all looked for in the same instant: the first visible element of the
 * first alternative that has one, else the first hidden one. With `all`, every element of the first alternative that matches.
 */
export function playwrightSelector(selectors: Selectors, all = false): string {
  const alternatives = selectors.map((selector) => [selector].flat()).filter((parts) => parts.length > 0);
  return `${engineName}=${JSON.stringify({ all, alternatives })}`;
}

/** A selector's first part for the element that a loop is at: the one at that place among all that its selectors lead to. */
export function loopPart({ selectors, index }: { selectors: Selectors; index: number }): string {
  return `loop/${JSON.stringify({ alternatives: selectors.map((selector) => [selector].flat()), index })}`;
}

/**
 * Runs inside the page, in Playwright's isolated world, so it must not refer to anything outside itself.
 * Semantics follow Puppeteer's query handlers: css, `pierce/`, `text/` (the innermost elements that hold the text),
 * `xpath/` and `aria/` (accessible name and role); an array walks on from each match, into its shadow root if it has one.
 */
export function createRecorderEngine() {
  type Root = Document | ShadowRoot | Element;
  const prefix = /^(css|pierce|text|xpath|aria|loop)\//;
  const childrenOf = (node: Node): Iterable<Node> => ((node as Element).shadowRoot ?? node).childNodes;

  function* everyElement(root: Node): Generator<Element> {
    for (const child of childrenOf(root)) {
      if (child.nodeType !== 1) continue;
      yield child as Element;
      yield* everyElement(child);
    }
  }

  function pierce(root: Root, css: string): Element[] {
    const found = [...root.querySelectorAll(css)];
    for (const element of everyElement(root)) if (element.shadowRoot) found.push(...element.shadowRoot.querySelectorAll(css));
    return found;
  }

  const unreadable = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD"]);

  function textOf(node: Node, cache: Map<Node, string>): string {
    const known = cache.get(node);
    if (known !== undefined) return known;
    let text = "";
    if (node.nodeType === 3) text = node.nodeValue ?? "";
    else if (node instanceof HTMLInputElement && !["checkbox", "radio", "image", "password"].includes(node.type)) text = node.value;
    else if (!unreadable.has(node.nodeName)) for (const child of childrenOf(node)) text += textOf(child, cache);
    cache.set(node, text);
    return text;
  }

  function byText(root: Node, text: string, cache: Map<Node, string>): Element[] {
    const found: Element[] = [];
    for (const child of childrenOf(root)) {
      if (child.nodeType !== 1 || unreadable.has(child.nodeName) || !textOf(child, cache).includes(text)) continue;
      const inner = byText(child, text, cache);
      found.push(...(inner.length > 0 ? inner : [child as Element]));
    }
    return found;
  }

  function byXPath(root: Root, expression: string): Element[] {
    const contexts: Node[] = root.nodeType === 11 ? [...root.children] : [root];
    const relative = root.nodeType === 9 || !expression.startsWith("/") ? expression : `.${expression}`;
    return contexts.flatMap((context) => {
      const result = document.evaluate(relative, context, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
      const nodes = Array.from({ length: result.snapshotLength }, (_, index) => result.snapshotItem(index));
      return nodes.filter((node): node is Element => node?.nodeType === 1);
    });
  }

  const inputRoles: Record<string, string> = {
    button: "button",
    submit: "button",
    reset: "button",
    image: "button",
    checkbox: "checkbox",
    radio: "radio",
    range: "slider",
    number: "spinbutton",
    search: "searchbox",
    color: "ColorWell",
    date: "Date",
  };
  const tagRoles: Record<string, string> = {
    A: "link",
    BUTTON: "button",
    IMG: "image",
    SELECT: "combobox",
    TEXTAREA: "textbox",
    OPTION: "option",
    H1: "heading",
    H2: "heading",
    H3: "heading",
    H4: "heading",
    H5: "heading",
    H6: "heading",
    NAV: "navigation",
    MAIN: "main",
    ASIDE: "complementary",
    HEADER: "banner",
    FOOTER: "contentinfo",
    ARTICLE: "article",
    DIALOG: "dialog",
    TABLE: "table",
    TR: "row",
    TD: "cell",
    TH: "columnheader",
    UL: "list",
    OL: "list",
    LI: "listitem",
    P: "paragraph",
    FORM: "form",
    SUMMARY: "DisclosureTriangle",
    PROGRESS: "progressbar",
    IFRAME: "Iframe",
    FIGURE: "figure",
    FIELDSET: "group",
    LABEL: "LabelText",
    STRONG: "strong",
    EM: "emphasis",
    CODE: "code",
    SPAN: "generic",
    DIV: "generic",
    B: "generic",
    I: "generic",
    svg: "image",
  };

  function roleOf(element: Element): string {
    const explicit = element.getAttribute("role")?.trim().split(/\s+/)[0];
    if (explicit) return explicit === "img" ? "image" : explicit;
    if (element instanceof HTMLInputElement) return inputRoles[element.type] ?? (element.hasAttribute("list") ? "combobox" : "textbox");
    if (element instanceof HTMLSelectElement && (element.multiple || element.size > 1)) return "listbox";
    if (element instanceof HTMLAnchorElement && !element.href) return "generic";
    return tagRoles[element.tagName] ?? "generic";
  }

  const nameFromContent = new Set(
    "button link heading checkbox radio option menuitem menuitemcheckbox menuitemradio tab treeitem switch cell gridcell row columnheader rowheader tooltip DisclosureTriangle LabelText".split(
      " ",
    ),
  );
  const clean = (text: string) => text.replace(/\s+/g, " ").trim();

  /** The accessible name, after the steps of https://www.w3.org/TR/accname-1.2/ that pages commonly rely on. */
  function nameOf(element: Element): string {
    const root = element.getRootNode() as Document | ShadowRoot;
    const labelledBy = element.getAttribute("aria-labelledby");
    if (labelledBy) {
      const parts = labelledBy.split(/\s+/).map((id) => (id ? root.getElementById(id) : null));
      const name = clean(parts.map((part) => (part ? part.getAttribute("aria-label") || contentName(part) : "")).join(" "));
      if (name) return name;
    }
    const label = clean(element.getAttribute("aria-label") ?? "");
    if (label) return label;
    const labels = (element as HTMLInputElement).labels;
    if (labels && labels.length > 0) {
      const name = clean([...labels].map((each) => contentName(each, element)).join(" "));
      if (name) return name;
    }
    if (element instanceof HTMLInputElement && ["submit", "reset", "button"].includes(element.type)) {
      const name = clean(element.value) || (element.type === "submit" ? "Submit" : element.type === "reset" ? "Reset" : "");
      if (name) return name;
    }
    if (element instanceof HTMLImageElement || (element instanceof HTMLInputElement && element.type === "image")) {
      if (element.alt) return clean(element.alt);
    }
    const caption = { FIELDSET: "legend", TABLE: "caption", FIGURE: "figcaption", svg: "title" }[element.tagName];
    const captioned = caption ? element.querySelector(`:scope > ${caption}`) : null;
    if (captioned) return clean(contentName(captioned));
    if (nameFromContent.has(roleOf(element))) {
      const name = clean(contentName(element));
      if (name) return name;
    }
    return clean(element.getAttribute("title") ?? "") || clean(element.getAttribute("placeholder") ?? "");
  }

  function contentName(node: Node, except?: Element): string {
    let text = "";
    for (const child of childrenOf(node)) {
      if (child.nodeType === 3) text += child.nodeValue;
      if (child.nodeType !== 1 || child === except || unreadable.has(child.nodeName)) continue;
      const element = child as Element;
      if (element.getAttribute("aria-hidden") === "true") continue;
      const style = getComputedStyle(element);
      if (style.display === "none" || style.visibility === "hidden") continue;
      const own = element.getAttribute("aria-label") ?? (element instanceof HTMLImageElement ? element.alt : null);
      const gap = style.display.startsWith("inline") ? "" : " ";
      text += gap + (own ?? contentName(element, except)) + gap;
    }
    return text;
  }

  function byAria(root: Root, body: string): Element[] {
    let name: string | undefined;
    let role: string | undefined;
    const rest = body.replace(/\[\s*(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\]/g, (whole, attribute, double, single) => {
      const value = double ?? single ?? "";
      if (attribute === "name") name = clean(value);
      else if (attribute === "role") role = value === "img" ? "image" : value;
      else return whole;
      return "";
    });
    if (clean(rest)) name ??= clean(rest);
    const found: Element[] = [];
    for (const element of everyElement(root)) {
      if (unreadable.has(element.nodeName)) continue;
      if (role !== undefined && roleOf(element) !== role) continue;
      if (name !== undefined && nameOf(element) !== name) continue;
      found.push(element);
    }
    return found;
  }

  function byLoop(body: string): Element[] {
    const { alternatives, index } = JSON.parse(body) as { alternatives: string[][]; index: number };
    for (const parts of alternatives) {
      const found = match(document, parts);
      if (found.length > 0) return found.slice(index, index + 1);
    }
    return [];
  }

  function find(root: Root, part: string): Element[] {
    const kind = prefix.exec(part)?.[1] ?? "css";
    const body = prefix.test(part) ? part.slice(kind.length + 1) : part;
    if (kind === "pierce") return pierce(root, body);
    if (kind === "text") return byText(root, body, new Map());
    if (kind === "xpath") return byXPath(root, body);
    if (kind === "aria") return byAria(root, body);
    if (kind === "loop") return byLoop(body);
    return [...root.querySelectorAll(body)];
  }

  function isVisible(element: Element): boolean {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  }

  /** An alternative that this browser cannot read (say, broken CSS) must not spoil the others. */
  function match(root: Root, parts: string[]): Element[] {
    try {
      let found: Element[] = find(root, parts[0] ?? "");
      for (const part of parts.slice(1)) {
        found = found.flatMap((element) => find(part.startsWith("aria/") ? element : (element.shadowRoot ?? element), part));
      }
      return [...new Set(found)];
    } catch {
      return [];
    }
  }

  function queryAll(root: Root, body: string): Element[] {
    const { all, alternatives } = JSON.parse(body) as { all: boolean; alternatives: string[][] };
    let hidden: Element | undefined;
    for (const parts of alternatives) {
      const found = match(root, parts);
      if (all && found.length > 0) return found;
      const visible = found.find(isVisible);
      if (visible) return [visible];
      hidden ??= found[0];
    }
    return hidden ? [hidden] : [];
  }

  return { query: (root: Root, body: string) => queryAll(root, body)[0] ?? null, queryAll, roleOf, nameOf };
}
