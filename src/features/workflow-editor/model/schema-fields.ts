import { inputNameSchema } from "@deskhand/shared/schemas/recording-inputs";
import { customStepSchemas, recorderStepSchemas } from "@deskhand/shared/schemas/recording-steps";
import { conditionSchema, referenceSchema, selectorsSchema, stepSettingsSchema } from "@deskhand/shared/schemas/step-parts";
import * as z from "zod";
import { listNames, type StepJson } from "./document.ts";

/** A field of a form, as the schema of the step describes it. */
export type Field = { name: string; optional: boolean } & FieldKind;
export type FieldKind =
  | { kind: "text"; long: boolean }
  | { kind: "number"; min: number | undefined; max: number | undefined; whole: boolean }
  | { kind: "switch" }
  | { kind: "choice"; options: readonly string[] }
  | { kind: "selectors" }
  | { kind: "condition" }
  /** one of the document's variables */
  | { kind: "variable" }
  /** an input, a variable, an item, or what is inside of one */
  | { kind: "reference" }
  | { kind: "texts" }
  | { kind: "numbers" }
  | { kind: "pairs" }
  | { kind: "json" }
  /** a choice that decides which fields there are */
  | { kind: "variant"; by: string; variants: readonly { value: string; fields: readonly Field[] }[] };

/** What every step has, or what the form of the whole step shows in a place of its own. */
const elsewhere = new Set(["type", "name", "deskhand", "assertedEvents", "timeout", "target", "frame"]);

/** The fields of a step: for Deskhand's own those of its `parameters`, but for the lists of steps inside of it. */
export function fieldsOfStep(step: StepJson): readonly Field[] {
  const known = cache.get(cacheKey(step));
  if (known) return known;
  const fields = readFields(step);
  cache.set(cacheKey(step), fields);
  return fields;
}

const cache = new Map<string, readonly Field[]>();
const cacheKey = (step: StepJson) => (step.type === "customStep" ? `customStep ${step.name}` : step.type);

function readFields(step: StepJson): readonly Field[] {
  if (step.type !== "customStep") {
    const schema = recorderStepSchemas[step.type as keyof typeof recorderStepSchemas] as z.ZodObject | undefined;
    return schema ? fieldsOfShape(schema.shape, elsewhere) : [];
  }
  const schema = customStepSchemas[step.name as keyof typeof customStepSchemas] as z.ZodObject | undefined;
  if (!schema) return [];
  return fieldsOfSchema(schema.shape.parameters as z.ZodType, new Set(listNames(step)));
}

function fieldsOfSchema(schema: z.ZodType, hidden: ReadonlySet<string>): readonly Field[] {
  if (schema instanceof z.ZodDiscriminatedUnion) return [{ name: "", optional: false, ...variantOf(schema) }];
  return schema instanceof z.ZodObject ? fieldsOfShape(schema.shape, hidden) : [];
}

function fieldsOfShape(shape: Readonly<Record<string, z.core.$ZodType>>, hidden: ReadonlySet<string>): Field[] {
  return Object.entries(shape)
    .filter(([name]) => !hidden.has(name))
    .map(([name, given]) => {
      const optional = given instanceof z.ZodOptional;
      const schema = (optional ? given.unwrap() : given) as z.ZodType;
      return { name, optional, ...kindOf(schema) };
    });
}

const longTexts = 1000;

function kindOf(schema: z.ZodType): FieldKind {
  // the parts that the schemas share are known by being the same object
  if (schema === selectorsSchema) return { kind: "selectors" };
  if (schema === conditionSchema) return { kind: "condition" };
  if (schema === inputNameSchema) return { kind: "variable" };
  if (schema === referenceSchema) return { kind: "reference" };
  if (schema instanceof z.ZodString || schema instanceof z.ZodUUID) {
    return { kind: "text", long: schema instanceof z.ZodString && (schema.maxLength ?? 0) > longTexts };
  }
  if (schema instanceof z.ZodNumber) {
    const [min, max] = [schema.minValue, schema.maxValue];
    return { kind: "number", min: bound(min), max: bound(max), whole: schema.isInt };
  }
  if (schema instanceof z.ZodBoolean) return { kind: "switch" };
  if (schema instanceof z.ZodEnum) return { kind: "choice", options: schema.options.map(String) };
  if (schema instanceof z.ZodDiscriminatedUnion) return variantOf(schema);
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodString) return { kind: "texts" };
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodNumber) return { kind: "numbers" };
  if (schema instanceof z.ZodRecord && schema.valueType instanceof z.ZodString) return { kind: "pairs" };
  // a number, or a template of one
  if (schema instanceof z.ZodUnion && schema.options.every((one) => one instanceof z.ZodString || one instanceof z.ZodNumber)) {
    return { kind: "text", long: false };
  }
  return { kind: "json" };
}

function variantOf(schema: z.ZodDiscriminatedUnion): Extract<FieldKind, { kind: "variant" }> {
  const by = schema.def.discriminator;
  const variants = schema.options.flatMap((option) => {
    const { shape } = option as unknown as z.ZodObject;
    const [value] = (shape[by] as unknown as z.ZodLiteral).values;
    return [{ value: String(value), fields: fieldsOfShape(shape, new Set([by])) }];
  });
  return { kind: "variant", by, variants };
}

/** Whole numbers have the largest exact ones as their bounds, which say nothing to people. */
function bound(value: number | null): number | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
}

/** What a field holds when somebody adds it, or changes to the variant that needs it. */
export function emptyValue(field: Field): unknown {
  switch (field.kind) {
    case "text":
    case "reference":
    case "json":
      return "";
    case "variable":
      return "";
    case "number":
      return field.min !== undefined && field.min > 0 ? field.min : 0;
    case "switch":
      return false;
    case "choice":
      return field.options[0];
    case "selectors":
      return ["aria/"];
    case "condition":
      return { kind: "element", selectors: ["aria/"], state: "visible" };
    case "texts":
      return [""];
    case "numbers":
      return [];
    case "pairs":
      return {};
    case "variant": {
      const [first] = field.variants;
      return first ? emptyVariant(field, first.value, {}) : {};
    }
  }
}

/** An object of that variant. What both variants have stays; the rest of the old one goes. */
export function emptyVariant(
  field: Extract<FieldKind, { kind: "variant" }>,
  value: string,
  before: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const fields = field.variants.find((variant) => variant.value === value)?.fields ?? [];
  const known = new Set([field.by, ...field.variants.flatMap((variant) => variant.fields.map(({ name }) => name))]);
  const kept = Object.entries(before).filter(([name]) => !known.has(name) || fields.some((one) => one.name === name));
  const needed = fields.filter(({ name, optional }) => !optional && !Object.hasOwn(before, name)).map((one) => [one.name, emptyValue(one)]);
  return { ...Object.fromEntries([...kept, ...needed]), [field.by]: value };
}

/** How a step is carried out: the key `deskhand` of any step, but for what switches it off. */
export const stepSettingsFields: readonly Field[] = fieldsOfShape(stepSettingsSchema.shape, new Set(["disabled"]));
