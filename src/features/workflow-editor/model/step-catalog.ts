import { type EditorDocument, isRecord, type StepJson, visitSteps } from "./document.ts";

type Entry = {
  /** unique: the type, or for Deskhand's steps the name without its prefix */
  key: string;
  label: string;
  /** what it is for, in a few words */
  hint: string;
  /** what the icon is chosen by */
  verb: string;
  make: (names: FreeNames) => StepJson;
};
export type CatalogEntry = Entry;

/** Names that a new step can use without standing in another's way. */
type FreeNames = { item: string; key: (base: string) => string; variable: string };

const custom = (name: string, parameters: Record<string, unknown>): StepJson => ({
  type: "customStep",
  name: `deskhand.${name}`,
  parameters,
});
// clicks land a little inside of the element: nearer to the corner a round one is missed, farther a checkbox
const find = { selectors: ["aria/"] };
const element = { kind: "element", selectors: ["aria/"], state: "visible" };

/** What can be added, as the palette shows it. A new step has a place for everything that it needs; what is empty there is marked. */
export const stepCatalog: readonly { title: string; entries: readonly Entry[] }[] = [
  {
    title: "Page",
    entries: [
      { key: "navigate", label: "Open page", hint: "Go to an address", verb: "", make: () => ({ type: "navigate", url: "https://" }) },
      {
        key: "click",
        label: "Click",
        hint: "Press a button or a link",
        verb: "",
        make: () => ({ type: "click", ...find, offsetX: 6, offsetY: 6 }),
      },
      { key: "change", label: "Fill in", hint: "Type or choose a value", verb: "", make: () => ({ type: "change", ...find, value: "" }) },
      {
        key: "doubleClick",
        label: "Double-click",
        hint: "Press twice",
        verb: "",
        make: () => ({ type: "doubleClick", ...find, offsetX: 6, offsetY: 6 }),
      },
      { key: "hover", label: "Point at", hint: "Move the mouse over it", verb: "", make: () => ({ type: "hover", ...find }) },
      {
        key: "drag",
        label: "Drag",
        hint: "Pull it to another place",
        verb: "Drag",
        make: () => custom("drag", { ...find, to: find.selectors }),
      },
      { key: "keyDown", label: "Press key", hint: "A key goes down", verb: "", make: () => ({ type: "keyDown", key: "Enter" }) },
      { key: "keyUp", label: "Release key", hint: "A key goes up", verb: "", make: () => ({ type: "keyUp", key: "Enter" }) },
      { key: "scroll", label: "Scroll", hint: "The page or an element", verb: "", make: () => ({ type: "scroll", x: 0, y: 600 }) },
      {
        key: "setViewport",
        label: "Window size",
        hint: "Width, height, phone or desk",
        verb: "",
        make: () => ({
          type: "setViewport",
          width: 1280,
          height: 800,
          deviceScaleFactor: 1,
          isMobile: false,
          hasTouch: false,
          isLandscape: false,
        }),
      },
      {
        key: "emulateNetworkConditions",
        label: "Limit network",
        hint: "Slow or offline",
        verb: "",
        make: () => ({ type: "emulateNetworkConditions", download: 50_000, upload: 50_000, latency: 100 }),
      },
      { key: "close", label: "Close page", hint: "The tab or window", verb: "", make: () => ({ type: "close" }) },
    ],
  },
  {
    title: "Flow",
    entries: [
      {
        key: "if",
        label: "If",
        hint: "Go one way or another",
        verb: "If",
        make: () => custom("if", { condition: element, steps: [], else: [] }),
      },
      {
        key: "loop",
        label: "Repeat",
        hint: "Times, rows or elements",
        verb: "Repeat",
        make: ({ item }) => custom("loop", { over: { kind: "times", times: 3 }, as: item, steps: [] }),
      },
      {
        key: "retry",
        label: "Try again",
        hint: "With a fallback when it fails",
        verb: "Try",
        make: () => custom("retry", { attempts: 3, steps: [], fallback: [] }),
      },
      {
        key: "waitForElement",
        label: "Wait for element",
        hint: "Until it is there",
        verb: "",
        make: () => ({ type: "waitForElement", ...find, visible: true }),
      },
      { key: "wait", label: "Wait", hint: "A time or a condition", verb: "Wait", make: () => custom("wait", { for: "time", ms: 1000 }) },
      {
        key: "waitForExpression",
        label: "Wait for script",
        hint: "Until JavaScript is true",
        verb: "",
        make: () => ({ type: "waitForExpression", expression: "document.readyState === 'complete'" }),
      },
      {
        key: "human",
        label: "Ask a person",
        hint: "The run waits for somebody",
        verb: "Ask a person",
        make: () => custom("human", { message: "Please have a look." }),
      },
      {
        key: "workflow",
        label: "Run workflow",
        hint: "Another one, as a step",
        verb: "Run workflow",
        make: () => custom("workflow", { workflowId: "", version: "" }),
      },
    ],
  },
  {
    title: "Data",
    entries: [
      {
        key: "extract",
        label: "Read",
        hint: "Text, attribute or table",
        verb: "Read",
        make: ({ key }) => custom("extract", { kind: "text", key: key("value"), ...find }),
      },
      {
        key: "assert",
        label: "Check",
        hint: "Fail when it is not so",
        verb: "Check",
        make: () => custom("assert", { check: "visible", ...find }),
      },
      {
        key: "set",
        label: "Set variable",
        hint: "Keep a value",
        verb: "Set",
        make: ({ variable }) => custom("set", { variable, value: "" }),
      },
      {
        key: "screenshot",
        label: "Screenshot",
        hint: "A picture of the page",
        verb: "Take screenshot",
        make: ({ key }) => custom("screenshot", { name: key("picture") }),
      },
      {
        key: "http",
        label: "Send request",
        hint: "Call an API",
        verb: "Send request",
        make: () => custom("http", { method: "GET", url: "https://" }),
      },
      {
        key: "upload",
        label: "Upload",
        hint: "Give a file to the page",
        verb: "Upload",
        make: () => custom("upload", { ...find, file: { from: "content", name: "file.txt", content: "" } }),
      },
      {
        key: "download",
        label: "Download",
        hint: "Keep a file of the page",
        verb: "Download",
        make: ({ key }) => custom("download", { ...find, name: key("file") }),
      },
      {
        key: "script",
        label: "Page script",
        hint: "JavaScript in the page",
        verb: "Run script in the page",
        make: () => custom("script", { code: "return document.title;" }),
      },
      {
        key: "code",
        label: "Runner code",
        hint: "TypeScript on the computer",
        verb: "Run code on the runner",
        make: () => custom("code", { code: "return await page.title();" }),
      },
      {
        key: "ai",
        label: "Ask the model",
        hint: "Instruction in words",
        verb: "Ask the model",
        make: () => custom("ai", { instruction: "" }),
      },
    ],
  },
];

const all = stepCatalog.flatMap(({ entries }) => entries);
/** Those that steps can be put into. */
export const blockEntries = all.filter(({ key }) => ["if", "loop", "retry"].includes(key));

export function catalogKey(step: StepJson): string {
  return step.type === "customStep" ? (step.name ?? "").replace(/^deskhand\./, "") : step.type;
}

export function findEntry(key: string): CatalogEntry | undefined {
  return all.find((entry) => entry.key === key);
}

/** A step as it is when it is new, with names that nobody in the document has. */
export function makeStep(document: EditorDocument, entry: CatalogEntry): StepJson {
  const inputs = isRecord(document.header.inputs) && isRecord(document.header.inputs.properties) ? document.header.inputs.properties : {};
  const variables = isRecord(document.header.variables) ? document.header.variables : {};
  const taken = new Set([...Object.keys(inputs), ...Object.keys(variables), "inputs"]);
  const keys = new Set<unknown>();
  for (const { node } of visitSteps(document)) {
    const { parameters, name } = node.step;
    if (name === "deskhand.loop") taken.add(String(parameters?.as ?? "item"));
    keys.add(parameters?.key).add(parameters?.name);
  }
  const free = (base: string, among: ReadonlySet<unknown>): string => {
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}${number}`;
      if (!among.has(name)) return name;
    }
  };
  return entry.make({ item: free("item", taken), key: (base) => free(base, keys), variable: Object.keys(variables)[0] ?? "" });
}
