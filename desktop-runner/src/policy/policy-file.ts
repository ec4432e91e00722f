import { parseHostPattern } from "@deskhand/shared/schemas/host-pattern";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";
import { quietHours } from "./quiet-hours.ts";

const hostRule = z.strictObject({
  effect: z.enum(["allow", "deny"]),
  pattern: z.string().refine((text) => parseHostPattern(text).ok, "This is not a host."),
  private: z.boolean().optional(),
});

/** Strict: a word that this version does not know may be a rule that it would not keep. */
const policyFile = z.strictObject({
  version: z.literal(1),
  rules: z.array(hostRule).max(2_000),
  /** Of one download, bytes. */
  maxDownloadBytes: z.number().int().min(0),
  /** Whether tools that run programs, or reach files, exist at all. */
  shell: z.boolean(),
  files: z.boolean(),
  /** Whether workflows may run code of their own on this computer; absent from files of older versions. */
  code: z.boolean().default(false),
  /** Users whose commands are carried out; the ids are the server's. */
  members: z.union([z.literal("everyone"), z.array(z.uuid()).max(200)]),
  quietHours: quietHours.nullable(),
  paused: z.boolean(),
  /** `required`: nothing is done that was not signed by a key that was approved here. */
  signatures: z.enum(["required", "optional"]).default("required"),
});
/** What this runner allows, as its owner decided it. */
export type Policy = z.infer<typeof policyFile>;

/** A policy, or why the file that should hold one cannot be trusted. */
export type LoadedPolicy = { ok: true; policy: Policy } | { ok: false; reason: string };

/** What holds until the owner decides: no host, no tools. */
export const startingPolicy: Policy = {
  version: 1,
  rules: [],
  maxDownloadBytes: 100 * 1024 * 1024,
  shell: false,
  files: false,
  code: false,
  members: "everyone",
  quietHours: null,
  paused: false,
  signatures: "required",
};

/** Reads the policy; without a file it is {@link startingPolicy}. Never throws: what cannot be read denies everything. */
export function loadPolicy(home: RunnerHome): LoadedPolicy {
  let data: unknown;
  try {
    data = readJsonFile(home.policyFile);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { ok: false, reason: code ? `${home.policyFile} cannot be read (${code})` : `${home.policyFile} is not JSON` };
  }
  if (data === undefined) return { ok: true, policy: startingPolicy };
  const parsed = policyFile.safeParse(data);
  if (parsed.success) return { ok: true, policy: parsed.data };
  const version = z.object({ version: z.number().min(2) }).safeParse(data);
  if (version.success) return { ok: false, reason: `${home.policyFile} was written by a newer version of Deskhand` };
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${home.policyFile}: ${issue?.path.join(".") || "the file"}: ${issue?.message ?? "not valid"}` };
}

/** Writes the policy whole or not at all, mode 600. */
export function savePolicy(home: RunnerHome, policy: Policy): void {
  writeJsonFile(home.policyFile, policyFile.parse(policy));
}

/** True while no rule lets a run reach any host. */
export function isNothingAllowed(loaded: LoadedPolicy): boolean {
  return loaded.ok && !loaded.policy.rules.some(({ effect }) => effect === "allow");
}
