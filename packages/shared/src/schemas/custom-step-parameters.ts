import * as z from "zod";
import { inputNameSchema } from "./recording-inputs.ts";
import { comparisonSchema, conditionSchema, referenceSchema, selectorsSchema, textOperatorSchema } from "./step-parts.ts";

/** The parameters of the customSteps that hold no other steps. */

const key = z.string().min(1).max(100);
/** A variable that the document declares. */
const into = inputNameSchema;
/** The value is added to the list that is there: a list adds its items, and what is no list yet begins one. */
const append = z.boolean().optional();
/** JSON whose texts may hold templates; one that is nothing but a template becomes the value itself. */
const jsonValue = z.json().meta({ id: "WorkflowValue" });

/** `append` is about the result, under `key`; `into` gets what was read this time. */
export const extractParametersSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), key, append, selectors: selectorsSchema, all: z.boolean().optional(), into: into.optional() }),
  z.object({
    kind: z.literal("attribute"),
    key,
    append,
    selectors: selectorsSchema,
    attribute: z.string().min(1).max(100),
    all: z.boolean().optional(),
    into: into.optional(),
  }),
  z.object({
    kind: z.literal("table"),
    key,
    append,
    selectors: selectorsSchema,
    /** headings to keep, in this order; on a table without headings they name its columns */
    columns: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    /** clicked for other rows, until it is gone or disabled or `maxPages` were read */
    nextPage: selectorsSchema.optional(),
    /** clicked for more rows in the same table, until it is gone or disabled or was clicked `maxPages` - 1 times */
    loadMore: selectorsSchema.optional(),
    maxPages: z.int().min(1).max(1000).optional(),
    into: into.optional(),
  }),
]);

export const screenshotParametersSchema = z.object({ name: z.string().min(1).max(100), fullPage: z.boolean().optional() });

export const assertParametersSchema = z.discriminatedUnion("check", [
  z.object({ check: z.literal("visible"), selectors: selectorsSchema }),
  z.object({ check: z.literal("hidden"), selectors: selectorsSchema }),
  z.object({ check: z.literal("text"), selectors: selectorsSchema, operator: textOperatorSchema, value: z.string().max(10_000) }),
  z.object({ check: z.literal("count"), selectors: selectorsSchema, operator: comparisonSchema.optional(), count: z.int().min(0) }),
  z.object({ check: z.literal("url"), operator: textOperatorSchema, value: z.string().max(10_000) }),
]);

/** Another workflow, as it was at that content hash, carried out in place of this step. */
export const workflowParametersSchema = z.object({
  workflowId: z.uuid(),
  /** SHA-256 of the version's canonical JSON, in hexadecimal */
  version: z.string().regex(/^[0-9a-f]{64}$/),
  inputs: z.record(inputNameSchema, z.union([z.string().max(100_000), z.number(), z.boolean()])).optional(),
  /** gets what the workflow read, as an object */
  into: into.optional(),
});

export const waitParametersSchema = z.discriminatedUnion("for", [
  z.object({ for: z.literal("time"), ms: z.int().min(0).max(3_600_000) }),
  z.object({ for: z.literal("condition"), condition: conditionSchema }),
  z.object({ for: z.literal("expression"), expression: z.string().min(1).max(100_000) }),
]);

/** Pressed on an element, pulled to another or to another place of the same, and let go. */
export const dragParametersSchema = z.object({
  selectors: selectorsSchema,
  to: selectorsSchema,
  /** px from the top left corner of each; its middle when absent */
  offsetX: z.number().optional(),
  offsetY: z.number().optional(),
  toX: z.number().optional(),
  toY: z.number().optional(),
  deviceType: z.enum(["mouse", "touch"]).optional(),
});

/** Leaves by the profile's way out and obeys the runner's policy as the browser does. */
export const httpParametersSchema = z.object({
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
  url: z.string().min(1).max(10_000),
  headers: z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/), z.string().max(10_000)).optional(),
  /** a text is sent as it is, anything else as JSON */
  body: jsonValue.optional(),
  /** statuses that are right; any from 200 to 299 when absent */
  expect: z.array(z.int().min(100).max(599)).min(1).max(20).optional(),
  /** gets {status, headers, body}; JSON is parsed */
  into: into.optional(),
});

/** UTF-16 units of what an upload step holds, as text or base64. */
export const UPLOAD_MAX_CHARACTERS = 1_000_000;

export const uploadParametersSchema = z.object({
  selectors: selectorsSchema,
  file: z.discriminatedUnion("from", [
    z.object({
      from: z.literal("content"),
      name: z.string().min(1).max(200),
      content: z.string().max(UPLOAD_MAX_CHARACTERS),
      encoding: z.enum(["text", "base64"]).optional(),
    }),
    /** what a deskhand.download of this run kept under that name */
    z.object({ from: z.literal("download"), name: z.string().min(1).max(100) }),
    /** a file of the runner's computer, where its policy lets runs reach files */
    z.object({ from: z.literal("path"), path: z.string().min(1).max(4000) }),
  ]),
});

export const downloadParametersSchema = z.object({
  /** clicked to have it begin */
  selectors: selectorsSchema,
  name: z.string().min(1).max(100),
  /** gets {name, bytes, sha256} */
  into: into.optional(),
});

/** The body of a function, run in the page; `{{name}}` becomes a reference to the value. */
export const scriptParametersSchema = z.object({ code: z.string().min(1).max(100_000), into: into.optional() });

/** The body of an asynchronous function in TypeScript with `page`, `context` and `variables`, run on the runner. */
export const codeParametersSchema = z.object({ code: z.string().min(1).max(100_000), into: into.optional() });

export const aiParametersSchema = z.object({
  instruction: z.string().min(1).max(20_000),
  /** JSON Schema of the answer */
  answer: z.record(z.string(), z.json()).optional(),
  into: into.optional(),
});

/** `append` wants a variable of the type "list". */
export const setParametersSchema = z.object({ variable: into, value: jsonValue, append });

export const loopOverSchema = z.discriminatedUnion("kind", [
  /** a number, or a template of one */
  z.object({ kind: z.literal("times"), times: z.union([z.int().min(0), z.string().min(1).max(200)]) }),
  /** what `from` names (a list, or text that is JSON or CSV), or rows that were put in here; exactly one of these */
  z.object({
    kind: z.literal("data"),
    from: referenceSchema.optional(),
    rows: z.array(z.json()).max(10_000).optional(),
    csv: z.string().max(1_000_000).optional(),
  }),
  z.object({ kind: z.literal("elements"), selectors: selectorsSchema }),
  z.object({ kind: z.literal("while"), condition: conditionSchema }),
]);

/** Without its steps. */
export const loopParametersSchema = z.object({
  over: loopOverSchema,
  /** the name by which its steps know the item: a row, {index, text} of an element, or the number of the turn; "item" when absent */
  as: inputNameSchema.optional(),
  /** turns at most: a list ends there with a warning, `while` fails; 1,000 when absent */
  maxIterations: z.int().min(1).max(100_000).optional(),
});

/** Without its steps. */
export const retryParametersSchema = z.object({
  /** the first included */
  attempts: z.int().min(1).max(50),
  backoffMs: z.int().min(0).max(600_000).optional(),
  /** each wait is so many times the one before; 2 when absent */
  factor: z.number().min(1).max(10).optional(),
});

export type ExtractParameters = z.infer<typeof extractParametersSchema>;
export type AssertParameters = z.infer<typeof assertParametersSchema>;
export type SetParameters = z.infer<typeof setParametersSchema>;
export type LoopOver = z.infer<typeof loopOverSchema>;
export type DragParameters = z.infer<typeof dragParametersSchema>;
export type HttpParameters = z.infer<typeof httpParametersSchema>;
