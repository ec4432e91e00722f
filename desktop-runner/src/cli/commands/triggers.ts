import { type TriggerView, triggerPage, triggerView, triggerWithSecret } from "@deskhand/shared/schemas/trigger";
import { type Api, collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { isId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";

/** `deskhand triggers list` */
export async function listTriggers({ env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const items = await collect(1000, (cursor, limit) => api.get("/triggers", triggerPage, { cursor, limit }));
  for (const trigger of items) {
    const { deploymentId, workflowName, runnerName, schedule, lastFiring, webhook } = trigger;
    const last = lastFiring ? `${lastFiring.state} ${lastFiring.dueAt}${lastFiring.reason ? ` (${lastFiring.reason})` : ""}` : "never";
    output.tell(
      { type: "trigger", ...trigger, kind: schedule.when.kind },
      `${deploymentId}  ${schedule.when.kind.padEnd(7)}  ${workflowName} on ${runnerName}  last: ${last}${webhook ? `\n    ${webhook.url}` : ""}`,
    );
  }
  output.result({ count: items.length }, items.length === 0 ? "Nothing begins a deployment." : undefined);
  return 0;
}

/** `deskhand triggers secret DEPLOYMENT` */
export async function newSecret(deploymentId: string, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, url } = await webhookOf(api, deploymentId);
  const { secret } = await api.post(`/triggers/${id}/secret`, {}, triggerWithSecret);
  output.result(
    { deploymentId, triggerId: id, url, secret },
    `Send signed messages to\n  ${url}\nThe secret is shown this once; one before it is good for 24 hours more:\n  ${secret}`,
  );
  return 0;
}

/** `deskhand triggers enable|disable DEPLOYMENT` */
export async function switchTrigger(deploymentId: string, enabled: boolean, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id } = await webhookOf(api, deploymentId);
  await api.patch(`/triggers/${id}`, { enabled }, triggerView);
  output.result({ deploymentId, triggerId: id, enabled }, enabled ? "Messages are taken again." : "No more messages are taken.");
  return 0;
}

async function webhookOf(api: Api, deploymentId: string): Promise<NonNullable<TriggerView["webhook"]>> {
  const help = "`deskhand triggers list` lists deployments with their webhooks.";
  if (!isId(deploymentId)) throw usageError(`"${deploymentId}" is not a deployment's id.`, help);
  const { items } = await api.get("/triggers", triggerPage, { deploymentId });
  const webhook = items[0]?.webhook;
  if (!webhook) throw usageError("This deployment has no webhook.", `${help} \`deskhand schedules pause\` pauses what else begins one.`);
  return webhook;
}
