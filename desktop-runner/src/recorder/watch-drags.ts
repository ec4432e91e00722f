import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { Observed, Spot } from "./observed.ts";

export type DragParts = {
  makeSelectors(element: Element): Selectors;
  /** What a press there is meant for. */
  targetOf(event: Event): Element | undefined;
  /** Hears of what a person does, unless something is being picked. */
  on<Name extends keyof WindowEventMap>(name: Name, act: (event: WindowEventMap[Name]) => void): void;
  tell(observed: Observed): void;
};

/**
 * Runs inside the page, so it must not refer to anything outside itself. Sees what is pulled from one place to another, by the browser's own
 * drag and drop or by scripts that follow the pointer. @returns whether the press that ended last was such a pull, and so no click
 */
export function watchDrags({ makeSelectors, targetOf, on, tell }: DragParts): () => boolean {
  /** A hand is not quite still while it clicks, and a finger less so. */
  const farPx = { mouse: 6, pen: 6, touch: 16 } as Record<string, number>;
  const written = "input, textarea, select, option, [contenteditable=''], [contenteditable=true], [contenteditable=plaintext-only]";
  type Press = {
    source: Element;
    from: Spot;
    x: number;
    y: number;
    box: DOMRect;
    beside: Map<Element, DOMRect>;
    events: Event[];
    marked: unknown[];
  };
  let press: Press | undefined;
  let isTaken = false;
  let wasDrag = false;

  const spotOn = (element: Element, x: number, y: number): Spot => {
    const box = element.getBoundingClientRect();
    return { selectors: makeSelectors(element), offsetX: Math.round(x - box.left), offsetY: Math.round(y - box.top) };
  };
  const markedNow = () => {
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed = true } = getSelection() ?? {};
    return isCollapsed ? [] : [anchorNode, anchorOffset, focusNode, focusOffset];
  };
  const isAt = (a: DOMRect, b: DOMRect) => Math.abs(a.left - b.left) + Math.abs(a.top - b.top) < 3;

  function isOnScrollBar(element: Element, { clientX, clientY }: PointerEvent): boolean {
    const { left, top } = element.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight } = element;
    if (!(element instanceof HTMLElement) || clientWidth === 0 || element === document.documentElement) return false;
    return clientX - left > clientLeft + clientWidth || clientY - top > clientTop + clientHeight;
  }

  function begin(event: PointerEvent): void {
    press = undefined;
    isTaken = false;
    wasDrag = false;
    const inner = event.composedPath()[0];
    if (event.button !== 0 || !event.isPrimary || !(inner instanceof Element)) return;
    if (inner.closest(written) || isOnScrollBar(inner, event)) return;
    const source = inner.closest("[draggable=true]") ?? targetOf(event) ?? inner;
    const beside = new Map([...(source.parentNode?.children ?? [])].slice(0, 300).map((one) => [one, one.getBoundingClientRect()]));
    const { clientX: x, clientY: y } = event;
    press = { source, from: spotOn(source, x, y), x, y, box: source.getBoundingClientRect(), beside, events: [event], marked: markedNow() };
  }

  /** What is under the pointer besides what it carries. */
  function under({ clientX, clientY }: MouseEvent, source: Element): Element {
    let root: Document | ShadowRoot = document;
    for (;;) {
      const found: Element | undefined = root.elementsFromPoint(clientX, clientY).find((element) => !source.contains(element));
      if (!found?.shadowRoot?.elementFromPoint(clientX, clientY)) return found ?? document.documentElement;
      root = found.shadowRoot;
    }
  }

  /** Where it was let go, on something that will be there before it is pulled the next time. */
  function landing(event: MouseEvent, { source, beside }: Press): Spot {
    const found = under(event, source);
    const spot = (element: Element) => spotOn(element, event.clientX, event.clientY);
    if (found.contains(source)) return spot(found);
    const neighbour = [...beside.keys()].find((one) => one.contains(found));
    if (!neighbour) return spot(found);
    const before = beside.get(neighbour);
    // a list that makes room while something is pulled over it has its places, and no neighbours that stay where they are
    const hasMoved = !before || !isAt(before, neighbour.getBoundingClientRect());
    return spot(hasMoved && neighbour.parentElement ? neighbour.parentElement : found);
  }

  function tellDrag(event: MouseEvent, pulled: Press, touch: boolean): void {
    wasDrag = true;
    const to = landing(event, pulled);
    const { from } = pulled;
    if (from.selectors.length > 0 && to.selectors.length > 0) tell({ kind: "drag", ...from, to, touch });
  }

  function end(event: PointerEvent): void {
    const pulled = press;
    press = undefined;
    if (!pulled || Math.hypot(event.clientX - pulled.x, event.clientY - pulled.y) < (farPx[event.pointerType] ?? 6)) return;
    const { source, box, events, marked } = pulled;
    const isHeld = isTaken || events.some(({ defaultPrevented }) => defaultPrevented) || !isAt(box, source.getBoundingClientRect());
    if (!isHeld) {
      // words were marked
      if (markedNow().some((part, index) => part !== marked[index])) {
        wasDrag = true;
        return;
      }
      // a press that slipped a little is a click all the same
      if (event.composedPath().includes(source) && !(source instanceof HTMLCanvasElement)) return;
    }
    tellDrag(event, pulled, event.pointerType === "touch");
  }

  on("pointerdown", begin);
  on("mousedown", (event) => press?.events.push(event));
  on("gotpointercapture", () => {
    isTaken = true;
  });
  on("pointerup", end);
  // the finger scrolls the page
  on("pointercancel", ({ pointerType }) => {
    if (pointerType === "touch") press = undefined;
  });
  on("dragstart", (event) => {
    // words that are marked can be pulled too: what becomes of them is told by the field that takes them
    const source = event.composedPath()[0];
    if (!(source instanceof Element)) press = undefined;
    else if (press && source !== press.source) press = { ...press, source, from: spotOn(source, press.x, press.y) };
  });
  on("drop", (event) => press && tellDrag(event, press, false));
  on("dragend", () => {
    press = undefined;
  });
  return () => wasDrag;
}
