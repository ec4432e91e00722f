import * as z from "zod";

/**
 * What steps are made of. The fields of Chrome DevTools Recorder JSON are as `@puppeteer/replay` reads them
 * (https://github.com/puppeteer/replay/blob/main/src/Schema.ts); the rest is Deskhand's.
 */

/**
 * One way to find an element; an array walks into shadow roots part by part. Besides the Recorder's kinds, a first part `loop/NAME` stands
 * for the element that the loop of that name is at.
 */
const selectorSchema = z.union([z.string(), z.array(z.string())]);
/** Alternatives; the first that leads to an element counts. */
export const selectorsSchema = z.array(selectorSchema).min(1).meta({ id: "WorkflowSelectors" });
export type Selector = z.infer<typeof selectorSchema>;
export type Selectors = Selector[];

export const comparisonSchema = z.enum([">=", "==", "<="]);
export const textOperatorSchema = z.enum(["equals", "contains", "matches"]);
export const variableOperators = ["equals", "contains", "matches", "greater", "less", "empty"] as const;

/** Where a value is read: a variable or an input, and what is inside of it: `row.price`, `answer.body.items.0`. */
export const referenceSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}(\.[^.{}\s]{1,100}){0,10}$/, "This does not name a variable.");

export type Condition =
  | { kind: "element"; selectors: Selectors; state: "visible" | "hidden" }
  | { kind: "text"; selectors: Selectors; operator: z.infer<typeof textOperatorSchema>; value: string }
  | { kind: "url"; operator: z.infer<typeof textOperatorSchema>; value: string }
  | { kind: "variable"; name: string; operator: (typeof variableOperators)[number]; value?: string | number | boolean | undefined }
  | { kind: "all" | "any"; conditions: Condition[] }
  | { kind: "not"; condition: Condition };

const expectedText = z.string().max(10_000);

/** Something that is true or not, in words that a form can offer: no code. */
export const conditionSchema: z.ZodType<Condition> = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("element"), selectors: selectorsSchema, state: z.enum(["visible", "hidden"]) }),
    z.object({ kind: z.literal("text"), selectors: selectorsSchema, operator: textOperatorSchema, value: expectedText }),
    z.object({ kind: z.literal("url"), operator: textOperatorSchema, value: expectedText }),
    z.object({
      kind: z.literal("variable"),
      name: referenceSchema,
      operator: z.enum(variableOperators),
      /** absent for `empty` */
      value: z.union([expectedText, z.number(), z.boolean()]).optional(),
    }),
    z.object({
      kind: z.enum(["all", "any"]),
      get conditions() {
        return z.array(conditionSchema).min(1).max(20);
      },
    }),
    z.object({
      kind: z.literal("not"),
      get condition() {
        return conditionSchema;
      },
    }),
  ])
  .meta({ id: "WorkflowCondition" });

/** What becomes of the run when a step fails for good: it fails too, goes on, goes on with the loop's next turn, or leaves the loop. */
export const onErrorChoices = ["fail", "continue", "next-turn", "leave-loop"] as const;

/** How a step is carried out: the key `deskhand` of any step. Google's parser passes over it. */
export const stepSettingsSchema = z
  .object({
    /** ms; instead of the step's own, which may not be over 30 s */
    timeoutMs: z.int().min(1).max(3_600_000).optional(),
    /** tries after the first */
    retries: z.int().min(0).max(20).optional(),
    /** ms before the second try, twice as many before each that follows */
    backoffMs: z.int().min(0).max(600_000).optional(),
    onError: z.enum(onErrorChoices).optional(),
    /** true: always a picture after it; false: none, unless it fails */
    screenshot: z.boolean().optional(),
    /** has to come true within the step's timeout after it was done, else the step has failed */
    expect: conditionSchema.optional(),
    /** how dialogs of the page are answered while it is carried out, and until the next step; accepted when absent */
    dialog: z.enum(["accept", "dismiss"]).optional(),
    /** for a prompt that is accepted; what the page suggests when absent */
    dialogText: z.string().max(1000).optional(),
    note: z.string().max(2000).optional(),
    /** passed over, with everything inside of it */
    disabled: z.boolean().optional(),
  })
  .meta({ id: "WorkflowStepSettings" });
export type StepSettings = z.infer<typeof stepSettingsSchema>;

const timeoutSchema = z.number().min(1).max(30_000);
const assertedEventSchema = z.object({
  type: z.literal("navigation"),
  url: z.string().optional(),
  title: z.string().optional(),
});

const base = {
  timeout: timeoutSchema.optional(),
  assertedEvents: z.array(assertedEventSchema).optional(),
  deskhand: stepSettingsSchema.optional(),
};
export const withTarget = { ...base, target: z.string().optional() };
export const withFrame = { ...withTarget, frame: z.array(z.int()).optional() };
export const withSelectors = { ...withFrame, selectors: selectorsSchema };
export const customStepBase = { ...withFrame, type: z.literal("customStep") };
