import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { appRouter } from "./_app.ts";
import { openApiDocument } from "./openapi.ts";
import { queryParametersOf } from "./rest-query.ts";
import { restRoutes } from "./rest-route.ts";
import { proceduresOf } from "./trpc.ts";

type Content = Record<string, { schema: object }>;
type Operation = {
  operationId: string;
  summary: string;
  security: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content: Content }>;
};

// as a reader gets it
const document = JSON.parse(JSON.stringify(openApiDocument("https://desk.example.com")));
const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("the OpenAPI document", () => {
  test("it is OpenAPI 3.1 and says where the server is and how to be let in", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: "Deskhand", version: "1" });
    expect(document.servers).toEqual([{ url: "https://desk.example.com/api/v1" }]);
    expect(document.components.securitySchemes.apiKey).toMatchObject({ type: "http", scheme: "bearer" });
  });

  test("it covers each procedure that is in REST, and the artifact's content", () => {
    const declared = Object.values(proceduresOf(appRouter)).flatMap(({ _def: { meta } }) => (meta?.openapi ? [meta.openapi] : []));
    const expected = declared.map(({ method, path }) => `${method.toLowerCase()} ${path}`);
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual([...expected, "get /artifacts/{id}/content"].sort());
  });

  test("each operation has an id of its own, a summary, a tag that is declared, and its parameters", () => {
    const tags = document.tags.map(({ name }: { name: string }) => name);
    for (const { path, operation } of operations) {
      expect(operation).toMatchObject({ operationId: expect.any(String), summary: expect.any(String) });
      expect(tags).toEqual(expect.arrayContaining((operation as unknown as { tags: string[] }).tags));
      const inPath = operation.parameters?.filter((parameter) => parameter.in === "path" && parameter.required) ?? [];
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  test("each operation names the query parameters that it takes, and takes no others", () => {
    for (const route of restRoutes) {
      const { [`/${route.segments.join("/")}`]: path } = document.paths;
      const { parameters = [] }: Operation = path[route.method.toLowerCase()];
      const named = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
      expect([route.call, [...queryParametersOf(route)].sort()]).toEqual([route.call, named.sort()]);
    }
  });

  test("each operation needs a key, but pairing a runner", () => {
    const open = operations.filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ path }) => path)).toEqual(["/runners/pair"]);
  });

  test("each error is described by the one form that they have", () => {
    for (const { operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (status !== "200") expect(content["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Error" });
      }
      expect(operation.responses).toHaveProperty("default");
    }
    expect(document.components.schemas.Error.required).toEqual(["code", "message", "requestId"]);
  });

  test("every schema in it is valid JSON Schema, and every reference leads somewhere", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "https://desk.example.com/openapi", ...document });
    const absolute = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://desk.example.com/openapi#/'));
    const contents = operations.flatMap(({ operation }) => [operation.requestBody, ...Object.values(operation.responses)]);
    const schemas = [
      ...contents.flatMap((one) => Object.values(one?.content ?? {}).map(({ schema }) => schema)),
      ...operations.flatMap(({ operation }) => operation.parameters?.map(({ schema }) => schema) ?? []),
      ...Object.values<object>(document.components.schemas),
    ];
    expect(schemas.length).toBeGreaterThan(100);
    for (const schema of schemas) expect(() => ajv.compile(absolute(schema))).not.toThrow();
  });
});
