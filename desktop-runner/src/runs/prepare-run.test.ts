import { createHash, randomUUID } from "node:crypto";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { expect, it } from "vitest";
import { prepareRun } from "./prepare-run.ts";

const inner = { title: "Inner", steps: [{ type: "navigate", url: "https://example.com/" }] };
const hash = createHash("sha256").update(canonicalJson(inner)).digest("hex");

function payload(workflows: object) {
  const parameters = { workflowId: randomUUID(), version: hash };
  return {
    requestedBy: { userId: null },
    runId: randomUUID(),
    profileId: randomUUID(),
    workflowVersionId: randomUUID(),
    recording: { title: "Outer", steps: [{ type: "customStep", name: "deskhand.workflow", parameters }] },
    inputs: {},
    workflows,
  };
}

it("takes another workflow only as what its hash says, which is what was signed", async () => {
  const services = {
    unseal: async () => "",
    profiles: { isDeleted: () => false, get: () => ({ revision: 0, settings: defaultSettings }) },
  };
  expect(await prepareRun(payload({ [hash]: inner }), services)).toMatchObject({ ok: true, run: { workflows: { [hash]: inner } } });
  const other = { ...inner, steps: [{ type: "navigate", url: "https://evil.example/" }] };
  expect(await prepareRun(payload({ [hash]: other }), services)).toMatchObject({ ok: false, code: "STEP_INVALID" });
});
