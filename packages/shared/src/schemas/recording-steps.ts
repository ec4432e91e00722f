import * as z from "zod";

/**
 * The steps of Chrome DevTools Recorder JSON, field for field as `@puppeteer/replay` reads them, and the customSteps that
 * Deskhand adds. Source: https://github.com/puppeteer/replay/blob/main/src/Schema.ts
 */

/** One way to find an element; an array walks into shadow roots part by part. */
const selectorSchema = z.union([z.string(), z.array(z.string())]);
export const selectorsSchema = z.array(selectorSchema).min(1);
const timeoutSchema = z.number().min(1).max(30_000);

const assertedEventSchema = z.object({
  type: z.literal("navigation"),
  url: z.string().optional(),
  title: z.string().optional(),
});

const base = { timeout: timeoutSchema.optional(), assertedEvents: z.array(assertedEventSchema).optional() };
const withTarget = { ...base, target: z.string().optional() };
const withFrame = { ...withTarget, frame: z.array(z.int()).optional() };
const withSelectors = { ...withFrame, selectors: selectorsSchema };

export const deviceTypes = ["mouse", "pen", "touch"] as const;
export const mouseButtons = ["primary", "auxiliary", "secondary", "back", "forward"] as const;

const clickAttributes = {
  /** px from the element's top left corner */
  offsetX: z.number(),
  offsetY: z.number(),
  /** ms between mouse down and mouse up */
  duration: z.number().optional(),
  deviceType: z.enum(deviceTypes).optional(),
  button: z.enum(mouseButtons).optional(),
};

const comparisonSchema = z.enum([">=", "==", "<="]);

const extractParametersSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), key: z.string().min(1).max(100), selectors: selectorsSchema, all: z.boolean().optional() }),
  z.object({
    kind: z.literal("attribute"),
    key: z.string().min(1).max(100),
    selectors: selectorsSchema,
    attribute: z.string().min(1).max(100),
    all: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("table"),
    key: z.string().min(1).max(100),
    selectors: selectorsSchema,
    /** headings to keep, in this order; on a table without headings they name its columns */
    columns: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    /** clicked for more rows, until it is gone or disabled or `maxPages` were read */
    nextPage: selectorsSchema.optional(),
    maxPages: z.int().min(1).max(1000).optional(),
  }),
]);

const screenshotParametersSchema = z.object({ name: z.string().min(1).max(100), fullPage: z.boolean().optional() });

const assertParametersSchema = z.discriminatedUnion("check", [
  z.object({ check: z.literal("visible"), selectors: selectorsSchema }),
  z.object({ check: z.literal("hidden"), selectors: selectorsSchema }),
  z.object({
    check: z.literal("text"),
    selectors: selectorsSchema,
    operator: z.enum(["equals", "contains", "matches"]),
    value: z.string().max(10_000),
  }),
  z.object({
    check: z.literal("count"),
    selectors: selectorsSchema,
    operator: comparisonSchema.optional(),
    count: z.int().min(0),
  }),
  z.object({ check: z.literal("url"), operator: z.enum(["equals", "contains", "matches"]), value: z.string().max(10_000) }),
]);

const customStepBase = { ...withFrame, type: z.literal("customStep") };

/** The customSteps that a runner can carry out, by name. */
export const customStepSchemas = {
  "deskhand.extract": z.object({ ...customStepBase, name: z.literal("deskhand.extract"), parameters: extractParametersSchema }),
  "deskhand.screenshot": z.object({ ...customStepBase, name: z.literal("deskhand.screenshot"), parameters: screenshotParametersSchema }),
  "deskhand.assert": z.object({ ...customStepBase, name: z.literal("deskhand.assert"), parameters: assertParametersSchema }),
} as const;

export const customStepSchema = z.discriminatedUnion("name", [
  customStepSchemas["deskhand.extract"],
  customStepSchemas["deskhand.screenshot"],
  customStepSchemas["deskhand.assert"],
]);

/** The Recorder's own step types, by name. */
export const recorderStepSchemas = {
  setViewport: z.object({
    ...withTarget,
    type: z.literal("setViewport"),
    width: z.number(),
    height: z.number(),
    deviceScaleFactor: z.number(),
    isMobile: z.boolean(),
    hasTouch: z.boolean(),
    isLandscape: z.boolean(),
  }),
  navigate: z.object({ ...withTarget, type: z.literal("navigate"), url: z.string() }),
  click: z.object({ ...withSelectors, ...clickAttributes, type: z.literal("click") }),
  doubleClick: z.object({ ...withSelectors, ...clickAttributes, type: z.literal("doubleClick") }),
  change: z.object({ ...withSelectors, type: z.literal("change"), value: z.string() }),
  hover: z.object({ ...withSelectors, type: z.literal("hover") }),
  keyDown: z.object({ ...withTarget, type: z.literal("keyDown"), key: z.string() }),
  keyUp: z.object({ ...withTarget, type: z.literal("keyUp"), key: z.string() }),
  scroll: z.object({
    ...withFrame,
    type: z.literal("scroll"),
    selectors: selectorsSchema.optional(),
    x: z.number().optional(),
    y: z.number().optional(),
  }),
  waitForElement: z.object({
    ...withSelectors,
    type: z.literal("waitForElement"),
    operator: comparisonSchema.optional(),
    count: z.number().optional(),
    visible: z.boolean().optional(),
    properties: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
    attributes: z.union([z.record(z.string(), z.string()), z.array(z.string())]).optional(),
  }),
  waitForExpression: z.object({ ...withFrame, type: z.literal("waitForExpression"), expression: z.string() }),
  emulateNetworkConditions: z.object({
    ...withTarget,
    type: z.literal("emulateNetworkConditions"),
    /** bytes a second; 0 for both directions means offline */
    download: z.number(),
    upload: z.number(),
    /** ms */
    latency: z.number(),
  }),
  close: z.object({ ...withTarget, type: z.literal("close") }),
} as const;

export const stepSchema = z.discriminatedUnion("type", [
  recorderStepSchemas.setViewport,
  recorderStepSchemas.navigate,
  recorderStepSchemas.click,
  recorderStepSchemas.doubleClick,
  recorderStepSchemas.change,
  recorderStepSchemas.hover,
  recorderStepSchemas.keyDown,
  recorderStepSchemas.keyUp,
  recorderStepSchemas.scroll,
  recorderStepSchemas.waitForElement,
  recorderStepSchemas.waitForExpression,
  recorderStepSchemas.emulateNetworkConditions,
  recorderStepSchemas.close,
  customStepSchema,
]);

export const stepTypes = [...Object.keys(recorderStepSchemas), "customStep"] as const;
export const customStepNames = Object.keys(customStepSchemas);

export type Selector = z.infer<typeof selectorSchema>;
export type Selectors = Selector[];
export type Step = z.infer<typeof stepSchema>;
export type StepType = Step["type"];
export type StepOf<T extends StepType> = Extract<Step, { type: T }>;
export type AssertedEvent = z.infer<typeof assertedEventSchema>;
export type ExtractParameters = z.infer<typeof extractParametersSchema>;
export type AssertParameters = z.infer<typeof assertParametersSchema>;
