import * as z from "zod";
import type { Recording } from "./recording.ts";
import { secretInputNames } from "./recording-inputs.ts";
import { templateNames } from "./template.ts";

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
});
export type Permissions = z.infer<typeof permissions>;

/** What this recording asks for. Where a page leads by itself is not its to say: that is for the runner's policy. */
export function permissionsOf(recording: Recording): Permissions {
  const hosts = new Set<string>();
  const hostInputs = new Set<string>();
  for (const step of recording.steps) {
    if (step.type !== "navigate") continue;
    const origin = originPart(step.url);
    const names = templateNames(origin);
    for (const name of names) hostInputs.add(name);
    if (names.length === 0 && URL.canParse(step.url)) hosts.add(new URL(step.url).host || new URL(step.url).protocol);
  }
  return {
    hosts: [...hosts].sort(),
    hostInputs: [...hostInputs].sort(),
    secrets: secretInputNames(recording.inputs).sort(),
    scripts: recording.steps.some(({ type }) => type === "waitForExpression"),
  };
}

/** What `next` asks for that `last` did not. */
export function permissionsBeyond(next: Permissions, last: Permissions): Permissions {
  const without = (these: string[], those: string[]) => these.filter((one) => !those.includes(one));
  return {
    hosts: without(next.hosts, last.hosts),
    hostInputs: without(next.hostInputs, last.hostInputs),
    secrets: without(next.secrets, last.secrets),
    scripts: next.scripts && !last.scripts,
  };
}

/** A line for each thing that is asked for; none when nothing is. */
export function permissionLines({ hosts, hostInputs, secrets, scripts }: Permissions): string[] {
  return [
    ...hosts.map((host) => `opens ${host}`),
    ...hostInputs.map((name) => `opens the address that is given as “${name}”`),
    ...secrets.map((name) => `is given the secret “${name}”`),
    ...(scripts ? ["runs expressions of its own in the page"] : []),
  ];
}

/** Scheme, host and port as they are written: what comes before the path. */
function originPart(url: string): string {
  const afterScheme = url.indexOf("://") + 3;
  if (afterScheme < 3) return url;
  const end = url.slice(afterScheme).search(/[/?#]/);
  return end < 0 ? url : url.slice(0, afterScheme + end);
}
