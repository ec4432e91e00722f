import { errorCodes } from "@deskhand/shared/error-codes";
import { generateOpenApiDocument } from "trpc-to-openapi";
import { appRouter } from "./_app.ts";

/** What every answer but a good one holds. */
export type RestError = { code: string; message: string; whatToDo?: string; details?: unknown; requestId: string };

const errorSchema = {
  type: "object",
  required: ["code", "message", "requestId"],
  properties: {
    code: { type: "string", enum: [...errorCodes], description: "Stable; decide by this." },
    message: { type: "string", description: "What happened, in words for people." },
    whatToDo: { type: "string", description: "What can be done about it." },
    details: { description: "Facts that belong to the code, for example which field is wrong." },
    requestId: { type: "string", description: "Names this request in the server's log." },
  },
};

const failures: Record<string, string> = {
  "400": "Something that was sent is not valid.",
  "401": "No API key, or one that is not known or was revoked.",
  "403": "The key does not have the scope, or whoever made it may not do this.",
  "404": "It does not exist, or it is not in the key's project.",
  "409": "Its state does not allow this.",
  "429": "Too many calls: wait for as many seconds as Retry-After says.",
  default: "Any other error.",
};

const errorContent = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };

function failureResponses(statuses: string[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: failures[status],
        content: errorContent,
        ...(status === "429" ? { headers: { "Retry-After": { schema: { type: "integer" }, description: "Seconds to wait." } } } : {}),
      },
    ]),
  );
}

/** Not a procedure: streams from the runner through the relay. */
const artifactContent = {
  get: {
    operationId: "artifact-content",
    summary: "Download what a run left behind, read from its runner at this moment",
    tags: ["Runs"],
    security: [{ apiKey: [] }],
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } }],
    responses: {
      "200": {
        description: "The content, with its own type.",
        content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
      },
      "410": { description: "The runner does not have it any more.", content: errorContent },
      "504": { description: "The runner did not answer in time.", content: errorContent },
    },
  },
};

type Operation = { responses: Record<string, unknown>; security?: unknown };
type OpenApiDocument = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas?: Record<string, unknown>; securitySchemes: Record<string, unknown> };
};

const documents = new Map<string, OpenApiDocument>();

/** The OpenAPI 3.1 document of /api/v1, made from the procedures' own schemas. */
export function openApiDocument(publicUrl: string): OpenApiDocument {
  const known = documents.get(publicUrl);
  if (known) return known;
  const document = generateOpenApiDocument(appRouter, {
    title: "Deskhand",
    description:
      "Run browser automations on machines you own. Send an API key as a bearer token; it acts for its project, so projectId may be left out.",
    version: "1",
    openApiVersion: "3.1.0",
    baseUrl: `${publicUrl}/api/v1`,
    tags: ["Projects", "Runners", "Profiles", "Workflows", "Deployments", "Runs", "API keys"],
    securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: dh_…" } },
  }) as unknown as OpenApiDocument;
  document.paths["/artifacts/{id}/content"] = artifactContent;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    // the generator describes errors of its own form; ours are alike everywhere
    const kept = Object.entries(operation.responses).filter(([, response]) => isOurs(response));
    operation.responses = { ...failureResponses(Object.keys(failures)), ...Object.fromEntries(kept) };
    // a JSON document says "open to everybody" by an empty list
    operation.security ??= [];
  }
  const schemas = Object.entries(document.components.schemas ?? {}).filter(([name]) => !name.startsWith("error."));
  document.components.schemas = { ...Object.fromEntries(schemas), Error: errorSchema };
  documents.set(publicUrl, document);
  return document;
}

function isOurs(response: unknown): boolean {
  return !JSON.stringify(response).includes("#/components/schemas/error.");
}
