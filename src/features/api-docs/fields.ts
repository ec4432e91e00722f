import type { JsonSchema } from "./openapi.ts";

/** One line of a schema's table. `depth` counts the objects around it. */
export type Field = { name: string; type: string; required: boolean; description: string; depth: number };

export type Schemas = Record<string, JsonSchema>;

/** Objects within objects are shown this deep; below it their type alone says enough. */
const MAX_DEPTH = 2;

/** The fields of a schema as lines to read, the fields of inner objects following theirs. */
export function listFields(schema: JsonSchema | undefined, schemas: Schemas, depth = 0, seen: readonly string[] = []): Field[] {
  if (!schema) return [];
  const { schema: inner, names } = resolve(schema, schemas);
  if (names.some((name) => seen.includes(name))) return [];
  const properties = Object.entries(objectOf(inner, schemas)?.properties ?? {});
  const required = new Set(objectOf(inner, schemas)?.required);
  return properties.flatMap(([name, property]) => [
    { name, type: typeWords(property, schemas), required: required.has(name), description: constraintWords(property, schemas), depth },
    ...(depth < MAX_DEPTH ? listFields(property, schemas, depth + 1, [...seen, ...names]) : []),
  ]);
}

/** A schema's type in a word or two: "string", "list of Run", "integer or null", "read | run". */
export function typeWords(schema: JsonSchema, schemas: Schemas): string {
  if (schema.$ref) return refName(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(String).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map((option) => typeWords(option, schemas)))].join(" or ");
  if (schema.allOf) return schema.allOf.map((part) => typeWords(part, schemas)).join(" and ");
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? "anything"];
  return types
    .map((type) => (type === "array" ? `list of ${schema.items ? typeWords(schema.items, schemas) : "anything"}` : type))
    .join(" or ");
}

/** What a value must be like beyond its type, and what it means. */
function constraintWords(schema: JsonSchema, schemas: Schemas): string {
  const { schema: s } = resolve(schema, schemas);
  const parts = [
    s.description,
    s.format && formats[s.format],
    range(s.minLength, s.maxLength, "characters"),
    // the largest whole number is no bound that anybody chose
    range(bound(s.minimum), bound(s.maximum), ""),
    range(s.minItems, s.maxItems, "items"),
    s.default !== undefined ? `default ${JSON.stringify(s.default)}` : undefined,
  ];
  return parts.filter(Boolean).join(" · ");
}

const formats: Record<string, string> = { uuid: "UUID", "date-time": "ISO 8601, UTC", email: "e-mail address" };

const bound = (value: number | undefined) => (value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value);

function range(min: number | undefined, max: number | undefined, what: string): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  const words = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return what ? `${words} ${what}` : words;
}

/** The object that a schema or the items of its list are, if either is one. */
function objectOf(schema: JsonSchema, schemas: Schemas): JsonSchema | undefined {
  if (schema.properties) return schema;
  const { schema: items } = resolve(schema.items ?? {}, schemas);
  return items.properties ? items : undefined;
}

function resolve(schema: JsonSchema, schemas: Schemas): { schema: JsonSchema; names: string[] } {
  const target = schema.$ref ?? (schema.type === "array" ? schema.items?.$ref : undefined) ?? nullable(schema)?.$ref;
  if (!target) return { schema, names: [] };
  const name = refName(target);
  const found = schemas[name] ?? {};
  return { schema: schema.$ref || nullable(schema) ? found : { ...schema, items: found }, names: [name] };
}

/** The other option of a schema that may be null. */
function nullable(schema: JsonSchema): JsonSchema | undefined {
  const options = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== "null");
  return options?.length === 1 ? options[0] : undefined;
}

function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** An example value for a field, enough to show the form of a request. */
export function exampleOf(schema: JsonSchema, schemas: Schemas): unknown {
  const { schema: s } = resolve(schema, schemas);
  if (s.default !== undefined) return s.default;
  if (s.enum) return s.enum[0];
  if (s.format === "uuid") return "00000000-0000-7000-8000-000000000000";
  const option = (s.anyOf ?? s.oneOf)?.[0];
  if (option) return exampleOf(option, schemas);
  const type = Array.isArray(s.type) ? s.type[0] : s.type;
  switch (type) {
    case "array":
      return s.items ? [exampleOf(s.items, schemas)] : [];
    case "object":
      return Object.fromEntries((s.required ?? []).map((name) => [name, exampleOf(s.properties?.[name] ?? {}, schemas)]));
    case "integer":
    case "number":
      return s.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return "…";
  }
}
