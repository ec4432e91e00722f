import * as z from "zod";
import { editPolicy, PolicyEditError, resetPolicy, withoutRule, withRule } from "../policy/edit-policy.ts";
import { withSetting } from "../policy/policy-settings.ts";
import { PageError } from "./page-error.ts";
import type { PageParts } from "./page-parts.ts";

type Change = (parts: PageParts, body: unknown) => void;

const words = z.string().max(10_000);

/** What can be done from the local page, by path. Each throws PageError. */
export const changes: Record<string, Change> = {
  "/api/policy/rule": withBody({ effect: z.enum(["allow", "deny"]), host: words, private: z.boolean() }, (parts, body) =>
    edit(parts, () => editPolicy(parts.home, (policy) => withRule(policy, body.effect, body.host, body.private))),
  ),
  "/api/policy/remove": withBody({ host: words }, (parts, { host }) =>
    edit(parts, () => editPolicy(parts.home, (policy) => withoutRule(policy, host))),
  ),
  "/api/policy/set": withBody({ name: words, value: words, zone: words.optional() }, (parts, { name, value, zone }) =>
    edit(parts, () => editPolicy(parts.home, (policy) => withSetting(policy, name, value, zone))),
  ),
  "/api/policy/reset": withBody({}, (parts) => edit(parts, () => void resetPolicy(parts.home))),
  "/api/pause": withBody({ paused: z.boolean() }, (parts, { paused }) =>
    edit(parts, () => editPolicy(parts.home, (policy) => ({ ...policy, paused }))),
  ),
  "/api/runs/cancel": withBody({ runId: z.uuid() }, ({ cancelRun, hints }, { runId }) => {
    if (!cancelRun(runId)) throw new PageError("NOT_POSSIBLE", "This run is over already.");
    hints.tell("runs");
  }),
  "/api/profiles/saved": withBody(
    { profileId: z.uuid(), bytes: z.number().int().min(0), settled: z.array(words).max(20).optional() },
    ({ connections }, { profileId, bytes, settled }) => connections.noteSaved(profileId, bytes, settled),
  ),
  "/api/approvals": withBody({ id: words, decision: z.enum(["approve", "reject"]) }, ({ approvals }, { id, decision }) => {
    if (!approvals.list().some((approval) => approval.id === id)) throw new PageError("NOT_POSSIBLE", "That is not asked any more.");
    approvals.decide(id, decision);
  }),
};

function withBody<T extends z.ZodRawShape>(shape: T, carryOut: (parts: PageParts, body: z.output<z.ZodObject<T>>) => void): Change {
  const schema = z.strictObject(shape);
  return (parts, raw) => {
    const body = schema.safeParse(raw);
    if (!body.success) throw new PageError("INVALID_INPUT", "The request cannot be read.");
    carryOut(parts, body.data as z.output<z.ZodObject<T>>);
  };
}

/** Makes an edit of the policy; its refusal keeps the words that the command line has for it. */
function edit({ hints }: PageParts, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PolicyEditError)) throw error;
    throw new PageError(error.reason === "DAMAGED" ? "POLICY_DAMAGED" : "INVALID_INPUT", error.message);
  }
  hints.tell("policy");
}
