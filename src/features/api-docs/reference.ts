import { exampleOf, type Field, listFields, type Schemas, typeWords } from "./fields.ts";
import type { OpenApiDocument, OpenApiOperation } from "./openapi.ts";

export type Operation = {
  id: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  summary: string;
  description: string;
  /** Needs no API key. */
  open: boolean;
  parameters: (Field & { place: string })[];
  body: Field[];
  answer: { type: string; fields: Field[] };
  curl: string;
};

export type Group = { name: string; operations: Operation[] };

const methods = ["get", "post", "put", "patch", "delete"] as const;

/** The document as groups of operations, in the order of its tags, each ready to be read. */
export function readReference(document: OpenApiDocument): Group[] {
  const schemas = document.components?.schemas ?? {};
  const base = document.servers?.[0]?.url ?? "";
  const groups = new Map((document.tags ?? []).map(({ name }) => [name, [] as Operation[]]));
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? "Other";
      const group = groups.get(tag) ?? [];
      groups.set(tag, group);
      group.push(readOperation(base, path, method, operation, schemas));
    }
  }
  return [...groups].filter(([, operations]) => operations.length > 0).map(([name, operations]) => ({ name, operations }));
}

/** The groups with the operations whose path or words hold every word of the search. */
export function searchReference(groups: Group[], search: string): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map(({ name, operations }) => ({
      name,
      operations: operations.filter(({ method, path, summary, description }) => {
        const text = `${name} ${method} ${path} ${summary} ${description}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    }))
    .filter(({ operations }) => operations.length > 0);
}

function readOperation(
  base: string,
  path: string,
  method: (typeof methods)[number],
  operation: OpenApiOperation,
  schemas: Schemas,
): Operation {
  const open = !operation.security || operation.security.length === 0;
  const bodySchema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const good = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith("2"))?.[1];
  const [contentType, content] = Object.entries(good?.content ?? {})[0] ?? [];
  const answer = content?.schema;
  const isJson = contentType === "application/json";
  return {
    id: operation.operationId ?? `${method}${path.replaceAll(/[^a-z]+/gi, "-")}`,
    method: method.toUpperCase() as Operation["method"],
    path,
    summary: operation.summary ?? path,
    description: operation.description ?? "",
    open,
    parameters: (operation.parameters ?? [])
      .filter(({ in: place }) => place === "path" || place === "query")
      .map((parameter) => ({
        ...(listFields({ properties: { [parameter.name]: parameter.schema ?? {} } }, schemas)[0] as Field),
        required: parameter.required === true,
        place: parameter.in,
      })),
    body: listFields(bodySchema, schemas),
    answer:
      answer && isJson
        ? { type: typeWords(answer, schemas), fields: listFields(answer, schemas) }
        : { type: contentType ?? "nothing", fields: [] },
    curl: curlFor({ url: `${base}${path}`, method, open, body: bodySchema ? exampleOf(bodySchema, schemas) : undefined }),
  };
}

/** A command to paste into a terminal; path parameters become shell variables so that it fails loudly when they are not set. */
function curlFor({ url, method, open, body }: { url: string; method: string; open: boolean; body: unknown }): string {
  const address = url.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const lines = [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${address}"`,
    ...(open ? [] : ['-H "Authorization: Bearer $DESKHAND_API_KEY"']),
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`]),
  ];
  return lines.join(" \\\n  ");
}
