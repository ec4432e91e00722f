import * as z from "zod";
import { PolicyEditError } from "./edit-policy.ts";
import type { Policy } from "./policy-file.ts";
import { parseQuietRanges, quietHours } from "./quiet-hours.ts";

const units = { "": 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

type Write = (policy: Policy, value: string, zone: string | undefined) => Policy;

const settings: Record<string, Write> = {
  "max-download": (policy, value) => ({ ...policy, maxDownloadBytes: parseSize(value) }),
  shell: (policy, value) => ({ ...policy, shell: parseSwitch("shell", value) }),
  files: (policy, value) => ({ ...policy, files: parseSwitch("files", value) }),
  code: (policy, value) => ({ ...policy, code: parseSwitch("code", value) }),
  members: (policy, value) => ({ ...policy, members: parseMembers(value) }),
  signatures: (policy, value) => ({ ...policy, signatures: parseSignatures(value) }),
  "quiet-hours": (policy, value, zone) => ({ ...policy, quietHours: parseQuietHours(value, zone) }),
};
export const settingNames = Object.keys(settings);

/** The policy with one setting as a person typed it. @throws PolicyEditError UNKNOWN_SETTING, INVALID */
export function withSetting(policy: Policy, name: string, value: string, zone?: string): Policy {
  const write = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (!write) throw new PolicyEditError("UNKNOWN_SETTING", `There is no setting "${name}".`);
  return write(policy, value.trim(), zone);
}

/** Bytes in words: 104857600 is 100 MB. */
export function describeSize(bytes: number): string {
  const [unit, size] = Object.entries(units)
    .filter(([name]) => name.length === 2)
    .findLast(([, factor]) => bytes >= factor) ?? ["bytes", 1];
  return `${Number((bytes / size).toFixed(1))} ${unit === "bytes" ? unit : unit.toUpperCase()}`;
}

function parseSize(value: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([kmgt]?b)?$/i.exec(value);
  const factor = units[(parts?.[2] ?? "").toLowerCase() as keyof typeof units];
  const bytes = Math.floor(Number(parts?.[1]) * factor);
  if (!parts || !Number.isSafeInteger(bytes))
    throw new PolicyEditError("INVALID", `"${value}" is not a size: give one like 50MB, 2GB or 0.`);
  return bytes;
}

function parseSwitch(name: string, value: string): boolean {
  if (value !== "on" && value !== "off") throw new PolicyEditError("INVALID", `${name} is on or off, not "${value}".`);
  return value === "on";
}

function parseSignatures(value: string): Policy["signatures"] {
  if (value !== "required" && value !== "optional") {
    throw new PolicyEditError("INVALID", `signatures are required or optional, not "${value}".`);
  }
  return value;
}

function parseMembers(value: string): Policy["members"] {
  if (value === "everyone") return "everyone";
  const ids = value === "nobody" ? [] : value.split(",").map((id) => id.trim().toLowerCase());
  const wrong = ids.find((id) => !z.uuid().safeParse(id).success);
  if (wrong !== undefined) {
    throw new PolicyEditError("INVALID", `"${wrong}" is not a user's id: give "everyone", "nobody", or ids with commas between them.`);
  }
  return [...new Set(ids)];
}

function parseQuietHours(value: string, zone = Intl.DateTimeFormat().resolvedOptions().timeZone): Policy["quietHours"] {
  if (value === "off") return null;
  const ranges = parseQuietRanges(value);
  if (!ranges) throw new PolicyEditError("INVALID", `"${value}" are not hours: give them like 22:00-06:00, or off.`);
  const parsed = quietHours.safeParse({ zone, ranges });
  if (!parsed.success) throw new PolicyEditError("INVALID", parsed.error.issues[0]?.message ?? "These are not hours.");
  return parsed.data;
}
