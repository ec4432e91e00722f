// Begins a deployment by a signed message and waits for what comes of it. The deployment has to be made with `--on-webhook`.
//   DESKHAND_URL=… DESKHAND_API_KEY=dh_… TRIGGER_URL=… TRIGGER_SECRET=whsec_… node examples/send-message.ts '{"word":"hello"}'
import { randomUUID } from "node:crypto";
import { createDeskhandClient } from "@deskhand/shared/client/deskhand-client";
import { signWebhook } from "@deskhand/shared/client/verify-webhook";

const { DESKHAND_URL: url = "http://localhost:3000", DESKHAND_API_KEY: apiKey = "", TRIGGER_URL = "", TRIGGER_SECRET = "" } = process.env;
const [body = "{}"] = process.argv.slice(2);

// the same id for a message that is sent again: it is taken once
const headers = await signWebhook(TRIGGER_SECRET, `msg_${randomUUID()}`, body);
const response = await fetch(TRIGGER_URL, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
const answer = (await response.json()) as { code?: string; reason?: string; runId?: string | null };
if (response.status !== 202 || !answer.runId) throw new Error(`Nothing was begun: ${answer.code ?? answer.reason}`);

const run = await createDeskhandClient({ url, apiKey }).runs.waitForEnd(answer.runId, { timeoutMs: 120_000 });
console.log(run.state);
