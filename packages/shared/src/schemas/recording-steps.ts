import * as z from "zod";
import {
  aiParametersSchema,
  assertParametersSchema,
  codeParametersSchema,
  downloadParametersSchema,
  dragParametersSchema,
  extractParametersSchema,
  httpParametersSchema,
  loopParametersSchema,
  retryParametersSchema,
  screenshotParametersSchema,
  scriptParametersSchema,
  setParametersSchema,
  uploadParametersSchema,
  waitParametersSchema,
  workflowParametersSchema,
} from "./custom-step-parameters.ts";
import { humanParametersSchema } from "./recording-person.ts";
import {
  type Condition,
  comparisonSchema,
  conditionSchema,
  customStepBase,
  selectorsSchema,
  withFrame,
  withSelectors,
  withTarget,
} from "./step-parts.ts";

/**
 * The steps of Chrome DevTools Recorder JSON, field for field as `@puppeteer/replay` reads them, and the customSteps that
 * Deskhand adds. Source: https://github.com/puppeteer/replay/blob/main/src/Schema.ts
 */

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

const custom = <Name extends string, Parameters extends z.ZodType>(name: Name, parameters: Parameters) =>
  z.object({ ...customStepBase, name: z.literal(name), parameters });

/** The steps inside of a block: a list like the document's own, so that it stays a recording all the way down. */
const stepListSchema: z.ZodType<Step[]> = z.lazy(() => z.array(stepSchema));

/** The customSteps that hold no others, by name. */
const plainStepSchemas = {
  "deskhand.extract": custom("deskhand.extract", extractParametersSchema),
  "deskhand.screenshot": custom("deskhand.screenshot", screenshotParametersSchema),
  "deskhand.assert": custom("deskhand.assert", assertParametersSchema),
  "deskhand.workflow": custom("deskhand.workflow", workflowParametersSchema),
  "deskhand.wait": custom("deskhand.wait", waitParametersSchema),
  "deskhand.drag": custom("deskhand.drag", dragParametersSchema),
  "deskhand.http": custom("deskhand.http", httpParametersSchema),
  "deskhand.upload": custom("deskhand.upload", uploadParametersSchema),
  "deskhand.download": custom("deskhand.download", downloadParametersSchema),
  "deskhand.script": custom("deskhand.script", scriptParametersSchema),
  "deskhand.code": custom("deskhand.code", codeParametersSchema),
  "deskhand.human": custom("deskhand.human", humanParametersSchema),
  "deskhand.ai": custom("deskhand.ai", aiParametersSchema),
  "deskhand.set": custom("deskhand.set", setParametersSchema),
} as const;

/** The customSteps that hold others. */
const blockSchemas = {
  "deskhand.if": custom("deskhand.if", z.object({ condition: conditionSchema, steps: stepListSchema, else: stepListSchema.optional() })),
  "deskhand.loop": custom("deskhand.loop", loopParametersSchema.extend({ steps: stepListSchema })),
  "deskhand.retry": custom("deskhand.retry", retryParametersSchema.extend({ steps: stepListSchema, fallback: stepListSchema.optional() })),
} as const;

/** The customSteps that a runner can carry out, by name. */
export const customStepSchemas = { ...plainStepSchemas, ...blockSchemas };

const customStepSchema = z.discriminatedUnion("name", [
  customStepSchemas["deskhand.extract"],
  customStepSchemas["deskhand.screenshot"],
  customStepSchemas["deskhand.assert"],
  customStepSchemas["deskhand.if"],
  customStepSchemas["deskhand.loop"],
  customStepSchemas["deskhand.retry"],
  customStepSchemas["deskhand.workflow"],
  customStepSchemas["deskhand.wait"],
  customStepSchemas["deskhand.drag"],
  customStepSchemas["deskhand.http"],
  customStepSchemas["deskhand.upload"],
  customStepSchemas["deskhand.download"],
  customStepSchemas["deskhand.script"],
  customStepSchemas["deskhand.code"],
  customStepSchemas["deskhand.human"],
  customStepSchemas["deskhand.ai"],
  customStepSchemas["deskhand.set"],
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

const anyStepSchema = z.discriminatedUnion("type", [
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

export const stepSchema: z.ZodType<Step> = anyStepSchema.meta({ id: "WorkflowStep" }) as unknown as z.ZodType<Step>;

export const stepTypes = [...Object.keys(recorderStepSchemas), "customStep"] as const;
export const customStepNames = Object.keys(customStepSchemas);

type RecorderSchemas = typeof recorderStepSchemas;
type PlainSchemas = typeof plainStepSchemas;
type PlainStep = { [Name in keyof PlainSchemas]: z.infer<PlainSchemas[Name]> }[keyof PlainSchemas];
type Block<Name extends string, Parameters> = Omit<z.infer<PlainSchemas["deskhand.set"]>, "name" | "parameters"> & {
  name: Name;
  parameters: Parameters;
};
// written by hand: a type that TypeScript infers from a schema cannot hold itself
type BlockStep =
  | Block<"deskhand.if", { condition: Condition; steps: Step[]; else?: Step[] | undefined }>
  | Block<"deskhand.loop", z.infer<typeof loopParametersSchema> & { steps: Step[] }>
  | Block<"deskhand.retry", z.infer<typeof retryParametersSchema> & { steps: Step[]; fallback?: Step[] | undefined }>;

export type Step = { [Type in keyof RecorderSchemas]: z.infer<RecorderSchemas[Type]> }[keyof RecorderSchemas] | PlainStep | BlockStep;
export type StepType = Step["type"];
export type StepOf<T extends StepType> = Extract<Step, { type: T }>;
export type CustomStepName = StepOf<"customStep">["name"];
export type CustomStepOf<Name extends CustomStepName> = Extract<StepOf<"customStep">, { name: Name }>;
