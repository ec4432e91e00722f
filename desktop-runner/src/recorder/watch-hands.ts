import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { Observed, PickMode } from "./observed.ts";
import type { watchDrags } from "./watch-drags.ts";

/**
 * Runs inside the page, so it must not refer to anything outside itself. Sees what a person does before the page does, and tells it; what
 * scripts of the page do by themselves is not theirs (`isTrusted`). @returns what switches picking
 */
export function watchHands(
  makeSelectors: (element: Element) => Selectors,
  watchPulls: typeof watchDrags,
  send: (observed: Observed) => void,
): (mode: PickMode) => void {
  const usable =
    "a[href], button, input, select, textarea, summary, option, [role=button], [role=link], [role=tab], [role=menuitem], [role=option], [role=checkbox], [role=radio], [role=switch], [contenteditable=''], [contenteditable=true], [contenteditable=plaintext-only]";
  const arrows = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
  const secrets = new WeakSet<Element>();
  const scrolled = new WeakMap<Node, { x: number; y: number }>();
  let field: { element: Element; selectors: Selectors } | undefined;
  let pressed: { element: Element; selectors: Selectors } | undefined;
  let scrolledAt = Number.NEGATIVE_INFINITY;
  let enterIsDown = false;
  let mode: PickMode = "";
  let frame: HTMLElement | undefined;

  /** Telling holds the page up for longer than seeing does: of quick typing in one field so much is told at once, milliseconds. */
  const gatherMs = 50;
  let gathering: { selectors: Selectors; latest?: Observed; timer: number } | undefined;
  const tellGathered = () => {
    const { latest, timer } = gathering ?? {};
    clearTimeout(timer);
    gathering = undefined;
    if (latest) send(latest);
  };
  const tell = (observed: Observed) => {
    tellGathered();
    send(observed);
  };
  /** The first of it at once: whatever becomes of the page, there is a step. */
  function tellTyped(observed: Extract<Observed, { kind: "change" | "secret" }>): void {
    if (gathering && gathering.selectors === observed.selectors) {
      gathering.latest = observed;
      return;
    }
    tell(observed);
    const goOn = () => {
      const latest = gathering?.latest;
      if (latest) send(latest);
      gathering = latest && { selectors: observed.selectors, timer: window.setTimeout(goOn, gatherMs) };
    };
    gathering = { selectors: observed.selectors, timer: window.setTimeout(goOn, gatherMs) };
  }

  const pathOf = (event: Event) => event.composedPath().filter((node): node is Element => node instanceof Element);
  const targetOf = (event: Event) => {
    const path = pathOf(event);
    return path.slice(0, 8).find((element) => element.matches(usable)) ?? path[0];
  };
  const boxTypes = ["checkbox", "radio", "file", "submit", "button", "reset", "image"];
  const isField = (element: Element | undefined) =>
    element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !boxTypes.includes(element.type));
  const isWritten = (element: Element | undefined) => isField(element) || (element instanceof HTMLElement && element.isContentEditable);

  /** The name of the input that stands for what is typed here; a password that is shown in clear for a while stays one. */
  function secretOf(element: Element): string | undefined {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return undefined;
    const hint = element.autocomplete;
    const names = `${element.name} ${element.id}`;
    if (hint.includes("one-time-code") || /\botp\b|one.?time/i.test(names)) return "oneTimeCode";
    if (hint.includes("cc-csc") || /cvc|cvv|\bcsc\b/i.test(names)) return "cardCode";
    if (hint.includes("cc-number") || /card.?number/i.test(names)) return "cardNumber";
    if (hint.includes("new-password")) return "newPassword";
    const isPassword = element.type === "password" || secrets.has(element) || hint.includes("current-password");
    return isPassword || /passw|passphrase|passcode/i.test(names) ? "password" : undefined;
  }
  function markSecrets(event: Event): void {
    const root = pathOf(event)[0]?.getRootNode();
    if (!(root instanceof Document || root instanceof ShadowRoot)) return;
    for (const element of root.querySelectorAll("input[type=password]")) secrets.add(element);
  }

  const selectorsFor = (element: Element) => {
    if (field?.element !== element) field = { element, selectors: selectorsOf(element) };
    return field.selectors;
  };
  const tellWith = (selectors: Selectors, told: (selectors: Selectors) => Observed) => {
    if (selectors.length > 0) tell(told(selectors));
  };

  function onClick(event: MouseEvent, kind: "click" | "doubleClick"): void {
    const element = targetOf(event);
    // where a slider was set to is told as its value
    if (!element || element.matches("html, body, select, option, input[type=file], input[type=range]") || wasPulled()) return;
    // the press of a label is told by what it labels, whose own click follows
    const label = pathOf(event).find((one): one is HTMLLabelElement => one instanceof HTMLLabelElement);
    if (label?.control && !element.matches(usable)) return;
    // the key that was pressed is told already
    if (kind === "click" && event.detail === 0 && enterIsDown) return;
    if (kind === "click" && event.detail > 1) return;
    field = undefined;
    const box = element.getBoundingClientRect();
    const at = { x: Math.round(event.clientX - box.left), y: Math.round(event.clientY - box.top) };
    const isInside = at.x >= 0 && at.y >= 0 && at.x < box.width && at.y < box.height;
    const middle = { x: Math.floor(box.width / 2), y: Math.floor(box.height / 2) };
    const { x: offsetX, y: offsetY } = isInside && event.detail > 0 ? at : middle;
    const selectors = selectorsOf(element);
    const touch = (event as PointerEvent).pointerType === "touch";
    const modifiers = modifiersOf(event);
    tellWith(selectors, (found) => ({ kind, selectors: found, offsetX, offsetY, button: event.button, touch, modifiers }));
  }

  /** What is held down besides Shift, and with it. */
  function modifiersOf(event: MouseEvent | KeyboardEvent): string[] {
    const held = [
      [event.ctrlKey, "Control"],
      [event.altKey, "Alt"],
      [event.metaKey, "Meta"],
      [event.shiftKey, "Shift"],
    ] as const;
    return held.filter(([on]) => on).map(([, name]) => name);
  }

  /** One line for each paragraph, however far apart the page shows them. */
  function linesOf(element: HTMLElement): string {
    const lineOf = (node: Node) => (node instanceof HTMLElement ? node.innerText : (node.textContent ?? "")).replace(/\n$/, "");
    if (!element.querySelector(":scope > p")) return lineOf(element);
    return [...element.childNodes].map(lineOf).join("\n");
  }

  function tellChoices(element: HTMLSelectElement): void {
    const chosen = [...element.selectedOptions];
    const [first = element.options[0], ...others] = chosen;
    if (!first) return;
    // nothing is chosen any more: the first is, and then is not
    const options = (chosen.length === 0 ? [first] : others).map(makeSelectors);
    if (options.some((selectors) => selectors.length === 0)) return;
    tellWith(selectorsFor(element), (selectors) => ({ kind: "choices", selectors, value: first.value, options }));
  }

  function onInput(event: Event): void {
    const element = pathOf(event)[0];
    if (!element) return;
    if (element instanceof HTMLSelectElement) {
      if (element.multiple) return void tellChoices(element);
      return void tellWith(selectorsFor(element), (selectors) => ({ kind: "change", selectors, value: element.value }));
    }
    if (!isWritten(element)) return;
    const name = secretOf(element);
    const value = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : null;
    const selectors = selectorsFor(element);
    if (selectors.length === 0) return;
    if (name) tellTyped({ kind: "secret", selectors, name });
    else tellTyped({ kind: "change", selectors, value: (value ?? linesOf(element as HTMLElement)).slice(0, 100_000) });
  }

  function onKey(event: KeyboardEvent): void {
    const { key } = event;
    const element = pathOf(event)[0];
    if (key === "Enter") enterIsDown = true;
    if (event.repeat || event.isComposing || event.getModifierState("AltGraph")) return;
    const modifiers = modifiersOf(event);
    const strong = modifiers.filter((name) => name !== "Shift");
    const tellKey = () => {
      field = undefined;
      tell({ kind: "key", key, modifiers });
    };
    // what the browser itself does at these keys is the page's only if it says so
    const isBrowsers = event.altKey ? /^(Arrow(Left|Right)|[dDfF])$/.test(key) : /^[ltwnrpfdjhou+0-]$/i.test(key);
    if (isBrowsers && strong.length > 0 && !event.shiftKey) return void setTimeout(() => event.defaultPrevented && tellKey(), 0);
    if (key === "Escape" || key === "Tab") return void tellKey();
    if (key === "Enter") {
      const isLong = element instanceof HTMLTextAreaElement || (element instanceof HTMLElement && element.isContentEditable);
      if (!isLong || strong.length > 0) return void tellKey();
      // in a text of several lines it is a line, unless the page makes something else of it
      setTimeout(() => event.defaultPrevented && tellKey(), 0);
      return;
    }
    const isSuggesting = element?.matches("[role=combobox], [aria-autocomplete], [list]") === true;
    if (arrows.includes(key)) {
      if (!(element instanceof HTMLSelectElement) && (!isWritten(element) || isSuggesting)) tellKey();
      return;
    }
    // what they write with is told as what is written
    if (strong.length > 0 && key.length === 1 && !isWritten(element)) tellKey();
  }

  function onScrollEnd(event: Event): void {
    const node = event.target as Node;
    const isPage = node === document || node === document.documentElement;
    if (performance.now() - scrolledAt > 3000 || !(isPage || node instanceof Element)) return;
    const to = isPage ? { x: window.scrollX, y: window.scrollY } : { x: (node as Element).scrollLeft, y: (node as Element).scrollTop };
    const from = scrolled.get(node) ?? { x: 0, y: 0 };
    if (Math.abs(to.x - from.x) + Math.abs(to.y - from.y) < 100) return;
    scrolled.set(node, to);
    const [x, y] = [Math.round(to.x), Math.round(to.y)];
    if (isPage) tell({ kind: "scroll", selectors: null, x, y });
    else tellWith(makeSelectors(node as Element), (selectors) => ({ kind: "scroll", selectors, x, y }));
  }

  function pickable(event: Event): Element | undefined {
    const path = pathOf(event);
    if (mode !== "table") return path[0];
    return (
      path.find((element) => element.matches("table, [role=table], [role=grid]")) ??
      path.find((one) => one.matches("ul, ol, dl")) ??
      path[0]
    );
  }
  function onPicking(event: Event): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    const element = pickable(event);
    if (!element) return;
    if (event.type === "pointermove") return void showFrame(element);
    // the last of a press: what came after an earlier one would be taken for the person's own
    if (event.type !== "click") return;
    showFrame(undefined);
    const text = element instanceof HTMLElement ? element.innerText.replace(/\s+/g, " ").trim().slice(0, 1000) : "";
    const attributes = element.getAttributeNames().filter((name) => !/^(class|style|id|value)$|^on/.test(name));
    tellWith(makeSelectors(element), (selectors) => ({ kind: "picked", selectors, text, attributes }));
  }
  function showFrame(element: Element | undefined): void {
    if (!element) {
      frame?.remove();
      frame = undefined;
      return;
    }
    if (!frame) {
      frame = document.createElement("div");
      document.documentElement.append(frame);
    }
    const { left, top, width, height } = element.getBoundingClientRect();
    Object.assign(frame.style, {
      ...{ position: "fixed", zIndex: "2147483647", pointerEvents: "none", boxSizing: "border-box", margin: "0" },
      ...{ border: "2px solid #2563eb", background: "rgba(37, 99, 235, 0.15)", borderRadius: "3px" },
      ...{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` },
    });
  }

  const on = <Name extends keyof WindowEventMap>(name: Name, act: (event: WindowEventMap[Name]) => void) =>
    window.addEventListener(name, (event) => event.isTrusted && mode === "" && act(event), { capture: true, passive: true });
  for (const name of ["pointermove", "pointerdown", "pointerup", "mousedown", "mouseup", "click", "dblclick", "auxclick", "contextmenu"]) {
    window.addEventListener(name, (event) => mode !== "" && onPicking(event), { capture: true });
  }
  on("pointerdown", (event) => {
    markSecrets(event);
    scrolledAt = performance.now();
    const element = targetOf(event);
    // a page may put something else there before the click
    pressed = element && { element, selectors: makeSelectors(element) };
  });
  const selectorsOf = (element: Element) => (pressed?.element === element ? pressed.selectors : makeSelectors(element));
  const wasPulled = watchPulls({ makeSelectors: selectorsOf, targetOf, on, tell });
  on("focusin", markSecrets);
  on("click", (event) => onClick(event, "click"));
  on("dblclick", (event) => onClick(event, "doubleClick"));
  on("auxclick", (event) => event.button === 1 && onClick(event, "click"));
  on("contextmenu", (event) => onClick(event, "click"));
  on("input", onInput);
  const onFiles = (event: Event) => {
    const element = pathOf(event)[0];
    if (mode !== "" || !(element instanceof HTMLInputElement) || element.type !== "file") return;
    const names = [...(element.files ?? [])].map(({ name }) => name);
    tellWith(makeSelectors(element), (selectors) => ({ kind: "files", selectors, names }));
  };
  // who handed the files over was the worker, whose events the browser does not call a person's
  window.addEventListener("change", onFiles, { capture: true, passive: true });
  on("keydown", onKey);
  on("keyup", ({ key }) => {
    if (key === "Enter") enterIsDown = false;
  });
  on("wheel", () => {
    scrolledAt = performance.now();
  });
  on("scrollend", onScrollEnd);
  // a slider that is let go has its value; a page that is led away by what was typed takes it with it
  for (const name of ["change", "beforeunload", "pagehide", "blur", "focusout"])
    window.addEventListener(name, tellGathered, { capture: true });
  return (wanted) => {
    tellGathered();
    mode = wanted;
    if (mode === "") showFrame(undefined);
  };
}
