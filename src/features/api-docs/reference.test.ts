import { describe, expect, it } from "vitest";
import type { OpenApiDocument } from "./openapi.ts";
import { readReference, searchReference } from "./reference.ts";

const document: OpenApiDocument = {
  info: { title: "T", version: "1" },
  servers: [{ url: "http://localhost:3000/api/v1" }],
  tags: [{ name: "Runs" }, { name: "Profiles" }],
  paths: {
    "/profiles/{id}": {
      patch: {
        operationId: "profile-rename",
        summary: "Rename a profile",
        tags: ["Profiles"],
        security: [{ apiKey: [] }],
        parameters: [{ in: "path", name: "id", required: true, schema: { type: "string", format: "uuid" } }],
        requestBody: {
          content: {
            "application/json": {
              schema: { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 1, maxLength: 80 } } },
            },
          },
        },
        responses: { "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Profile" } } } } },
      },
    },
    "/runs": {
      get: {
        summary: "List runs",
        tags: ["Runs"],
        security: [{ apiKey: [] }],
        responses: {
          "200": {
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  required: ["items"],
                  properties: {
                    items: { type: "array", items: { $ref: "#/components/schemas/Run" } },
                    nextCursor: { type: ["string", "null"] },
                  },
                },
              },
            },
          },
        },
      },
    },
    "/runners/pair": { post: { summary: "Pair", tags: ["Runs"], security: [], responses: {} } },
  },
  components: {
    schemas: {
      Profile: {
        type: "object",
        properties: { name: { type: "string" }, parent: { anyOf: [{ $ref: "#/components/schemas/Profile" }, { type: "null" }] } },
      },
      Run: { type: "object", required: ["state"], properties: { state: { type: "string", enum: ["queued", "running"] } } },
    },
  },
};

describe("the API reference", () => {
  const groups = readReference(document);
  const rename = groups[1]?.operations[0];

  it("keeps the order of the document's tags", () => {
    expect(groups.map(({ name }) => name)).toEqual(["Runs", "Profiles"]);
  });

  it("says of each field what it is, whether it is needed and what it may be", () => {
    expect(rename?.parameters).toMatchObject([{ name: "id", type: "string", required: true, description: "UUID", place: "path" }]);
    expect(rename?.body).toMatchObject([{ name: "name", required: true, description: "1 to 80 characters" }]);
  });

  it("shows what is inside of lists, and stops where a schema holds itself", () => {
    expect(groups[0]?.operations[0]?.answer.fields.map(({ name, type, depth }) => [name, type, depth])).toEqual([
      ["items", "list of Run", 0],
      ["state", "queued | running", 1],
      ["nextCursor", "string or null", 0],
    ]);
    expect(rename?.answer).toMatchObject({ type: "Profile", fields: [{ name: "name" }, { name: "parent", type: "Profile or null" }] });
  });

  it("gives a command that can be pasted, with the key from the environment", () => {
    expect(rename?.curl).toBe(
      'curl -X PATCH "http://localhost:3000/api/v1/profiles/$ID" \\\n  -H "Authorization: Bearer $DESKHAND_API_KEY" \\\n' +
        '  -H "Content-Type: application/json" \\\n  -d \'{"name":"…"}\'',
    );
    expect(groups[0]?.operations[1]?.curl).toBe('curl -X POST "http://localhost:3000/api/v1/runners/pair"');
  });

  it("finds operations by all words of a search", () => {
    expect(searchReference(groups, "rename prof").flatMap(({ operations }) => operations.map(({ id }) => id))).toEqual(["profile-rename"]);
    expect(searchReference(groups, "nothing like it")).toEqual([]);
  });
});
