import * as z from "zod";
import type { Recording } from "./recording.ts";
import { secretInputNames } from "./recording-inputs.ts";
import { templateNames } from "./template.ts";
import { walkSteps } from "./walk-steps.ts";

/** What a workflow asks for, as a person sees it before signing and the runner works it out again. */
export const permissions = z.strictObject({
  /** Hosts that its steps open by name, with the port where it is not the usual one; in order. */
  hosts: z.array(z.string().max(300)).max(500),
  /** Inputs that decide which host is opened; in order. */
  hostInputs: z.array(z.string().max(64)).max(200),
  /** Secrets that it is given; in order. */
  secrets: z.array(z.string().max(64)).max(200),
  /** It runs expressions of its own in the page. */
  scripts: z.boolean(),
  /** It runs code of its own on the runner; absent when it does not. */
  code: z.literal(true).optional(),
  /** It asks for files of the runner's computer; absent when it does not. */
  files: z.literal(true).optional(),
  /** Other workflows that it runs, by the hash of their content; in order; absent when there are none. What these ask for is not told here. */
  workflows: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(200)
    .optional(),
});
export type Permissions = z.infer<typeof permissions>;

/** What this recording asks for. Where a page leads by itself is not its to say: that is for the runner's policy. */
export function permissionsOf(recording: Recording): Permissions {
  const hosts = new Set<string>();
  const hostInputs = new Set<string>();
  const workflows = new Set<string>();
  const has = { scripts: false, code: false, files: false };
  const opens = (url: string) => {
    const names = templateNames(originPart(url));
    for (const name of names) hostInputs.add(name);
    if (names.length === 0 && URL.canParse(url)) hosts.add(new URL(url).host || new URL(url).protocol);
  };
  for (const { step } of walkSteps(recording.steps)) {
    if (step.type === "navigate") opens(step.url);
    if (step.type === "waitForExpression") has.scripts = true;
    if (step.type !== "customStep") continue;
    if (step.name === "deskhand.http") opens(step.parameters.url);
    if (step.name === "deskhand.script" || (step.name === "deskhand.wait" && step.parameters.for === "expression")) has.scripts = true;
    if (step.name === "deskhand.code") has.code = true;
    if (step.name === "deskhand.upload" && step.parameters.file.from === "path") has.files = true;
    if (step.name === "deskhand.workflow") workflows.add(step.parameters.version);
  }
  return {
    hosts: [...hosts].sort(),
    hostInputs: [...hostInputs].sort(),
    secrets: secretInputNames(recording.inputs).sort(),
    scripts: has.scripts,
    // absent rather than empty: so what older workflows were signed with stays what it was
    ...(has.code && { code: true }),
    ...(has.files && { files: true }),
    ...(workflows.size > 0 && { workflows: [...workflows].sort() }),
  };
}

/** What `next` asks for that `last` did not. */
export function permissionsBeyond(next: Permissions, last: Permissions): Permissions {
  const without = (these: string[], those: string[]) => these.filter((one) => !those.includes(one));
  const workflows = without(next.workflows ?? [], last.workflows ?? []);
  return {
    hosts: without(next.hosts, last.hosts),
    hostInputs: without(next.hostInputs, last.hostInputs),
    secrets: without(next.secrets, last.secrets),
    scripts: next.scripts && !last.scripts,
    ...(next.code && !last.code && { code: true }),
    ...(next.files && !last.files && { files: true }),
    ...(workflows.length > 0 && { workflows }),
  };
}

/** A line for each thing that is asked for; none when nothing is. */
export function permissionLines({ hosts, hostInputs, secrets, scripts, code, files, workflows = [] }: Permissions): string[] {
  return [
    ...hosts.map((host) => `opens ${host}`),
    ...hostInputs.map((name) => `opens the address that is given as “${name}”`),
    ...secrets.map((name) => `is given the secret “${name}”`),
    ...(scripts ? ["runs expressions of its own in the page"] : []),
    ...(code ? ["runs code of its own on the runner's computer, with all that the runner may do"] : []),
    ...(files ? ["reads files of the runner's computer"] : []),
    ...workflows.map((hash) => `runs another workflow, as it was at ${hash.slice(0, 12)}`),
  ];
}

/** Scheme, host and port as they are written: what comes before the path. */
function originPart(url: string): string {
  const afterScheme = url.indexOf("://") + 3;
  if (afterScheme < 3) return url;
  const end = url.slice(afterScheme).search(/[/?#]/);
  return end < 0 ? url : url.slice(0, afterScheme + end);
}
