import { errorCodes } from "@deskhand/shared/error-codes";
import { alertRuleView, alertSettingsView, alertView } from "@deskhand/shared/schemas/alert";
import { apiKeyView, createdApiKeyView } from "@deskhand/shared/schemas/api-key";
import { done, idempotencyKey } from "@deskhand/shared/schemas/common";
import { deliveryDetail, deliveryView } from "@deskhand/shared/schemas/delivery";
import { deploymentView } from "@deskhand/shared/schemas/deployment";
import { profileView } from "@deskhand/shared/schemas/profile";
import { projectView } from "@deskhand/shared/schemas/project";
import { artifactView, logLine, runDetail, runStepView, runView } from "@deskhand/shared/schemas/run";
import { pairedRunnerView, pairingCodeView, runnerView } from "@deskhand/shared/schemas/runner";
import { triggerView } from "@deskhand/shared/schemas/trigger";
import { webhookView, webhookWithSecret } from "@deskhand/shared/schemas/webhook";
import { recordingIssue, stepView, workflowVersionDetail, workflowVersionView, workflowView } from "@deskhand/shared/schemas/workflow";
import { generateOpenApiDocument } from "trpc-to-openapi";
import * as z from "zod";
import { appRouter } from "./_app.ts";
import { proceduresOf } from "./trpc.ts";

/** What every answer but a good one holds. */
export type RestError = { code: string; message: string; whatToDo?: string; details?: unknown; requestId: string };

/** What the document names instead of repeating. */
const named = {
  Alert: alertView,
  AlertRule: alertRuleView,
  AlertSettings: alertSettingsView,
  ApiKey: apiKeyView,
  Artifact: artifactView,
  CreatedApiKey: createdApiKeyView,
  Delivery: deliveryView,
  DeliveryDetail: deliveryDetail,
  Deployment: deploymentView,
  Done: done,
  LogLine: logLine,
  PairedRunner: pairedRunnerView,
  PairingCode: pairingCodeView,
  Profile: profileView,
  Project: projectView,
  RecordingIssue: recordingIssue,
  Run: runView,
  RunDetail: runDetail,
  RunStep: runStepView,
  Runner: runnerView,
  Step: stepView,
  Trigger: triggerView,
  Webhook: webhookView,
  WebhookWithSecret: webhookWithSecret,
  Workflow: workflowView,
  WorkflowVersion: workflowVersionView,
  WorkflowVersionDetail: workflowVersionDetail,
};
for (const [id, schema] of Object.entries(named)) z.globalRegistry.add(schema, { id });

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
  "400": "Something that was sent is not valid, or is a query parameter that the call does not have.",
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

const idempotencyHeader = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: z.toJSONSchema(idempotencyKey),
  description:
    "Chosen by you, one for each change that you ask for. The same request with the same key is carried out once and gets the first answer, for a day; another request with it is refused with IDEMPOTENCY_CONFLICT.",
};

type Operation = { parameters?: object[]; responses: Record<string, unknown>; security?: unknown };
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
  const generated = generateOpenApiDocument(appRouter, {
    title: "Deskhand",
    description:
      "Run browser automations on machines you own. Send an API key as a bearer token; it acts for its project, so projectId may be left out.",
    version: "1",
    openApiVersion: "3.1.0",
    baseUrl: `${publicUrl}/api/v1`,
    tags: [
      "Projects",
      "Runners",
      "Profiles",
      "Proxies",
      "Workflows",
      "Deployments",
      "Triggers",
      "Runs",
      "Alerts",
      "Webhooks",
      "API keys",
      "Signing keys",
    ],
    securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: dh_…" } },
  });
  const document = withoutPatternsOfFormats(generated) as OpenApiDocument;
  document.paths["/artifacts/{id}/content"] = artifactContent;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    // the generator describes errors of its own form; ours are alike everywhere
    const kept = Object.entries(operation.responses).filter(([, response]) => isOurs(response));
    operation.responses = { ...failureResponses(Object.keys(failures)), ...Object.fromEntries(kept) };
    // a JSON document says "open to everybody" by an empty list
    operation.security ??= [];
  }
  for (const { _def } of Object.values(proceduresOf(appRouter))) {
    const { openapi, secretAnswer, policy } = _def.meta ?? {};
    if (!openapi || openapi.method === "GET" || secretAnswer || policy === "public") continue;
    const operation = document.paths[openapi.path]?.[openapi.method.toLowerCase()];
    if (operation) operation.parameters = [...(operation.parameters ?? []), idempotencyHeader];
  }
  const schemas = Object.entries(document.components.schemas ?? {}).filter(([name]) => !name.startsWith("error."));
  document.components.schemas = { ...Object.fromEntries(schemas), Error: errorSchema };
  documents.set(publicUrl, document);
  return document;
}

/** `format: uuid` says it; the pattern beside it is 150 characters that nobody reads. */
function withoutPatternsOfFormats(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPatternsOfFormats);
  if (typeof value !== "object" || value === null) return value;
  const isFormat = "format" in value && typeof value.format === "string";
  const kept = Object.entries(value).filter(([key, inner]) => !(isFormat && key === "pattern" && typeof inner === "string"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPatternsOfFormats(inner)]));
}

function isOurs(response: unknown): boolean {
  return !JSON.stringify(response).includes("#/components/schemas/error.");
}
