import * as z from "zod";
import { AppError } from "@/server/errors";
import type { RestRoute } from "./rest-route.ts";

const known = new WeakMap<RestRoute, ReadonlySet<string>>();

/** What may stand behind the question mark of a call: the input's fields that are not in the path, where there is no body for them. */
export function queryParametersOf(route: RestRoute): ReadonlySet<string> {
  const { method, segments, procedure } = route;
  if (method !== "GET" && method !== "DELETE") return new Set();
  let names = known.get(route);
  if (!names) {
    const inPath = segments.flatMap((segment) => (segment.startsWith("{") ? [segment.slice(1, -1)] : []));
    const inputs = (procedure._def as { inputs?: unknown[] }).inputs ?? [];
    const fields = new Set(inputs.flatMap((input) => (input instanceof z.ZodType ? fieldsOf(input) : [])));
    names = new Set([...fields].filter((name) => !inPath.includes(name)));
    known.set(route, names);
  }
  return names;
}

type ObjectSchema = { properties?: object; allOf?: ObjectSchema[]; anyOf?: ObjectSchema[]; oneOf?: ObjectSchema[] };

function fieldsOf(input: z.ZodType): string[] {
  const read = ({ properties = {}, allOf = [], anyOf = [], oneOf = [] }: ObjectSchema): string[] => [
    ...Object.keys(properties),
    ...[...allOf, ...anyOf, ...oneOf].flatMap(read),
  ];
  return read(z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as ObjectSchema);
}

/** @throws AppError INVALID_INPUT for a parameter that the call does not have: a filter that is misspelt must not find everything */
export function refuseUnknownParameters(given: URLSearchParams, route: RestRoute): void {
  const names = queryParametersOf(route);
  const issues = [...new Set(given.keys())]
    .filter((name) => !names.has(name))
    .map((name) => ({ field: name.slice(0, 100), message: `There is no query parameter “${name.slice(0, 100)}”.` }));
  if (issues[0]) throw new AppError("INVALID_INPUT", { userMessage: issues[0].message, details: { issues: issues.slice(0, 20) } });
}
