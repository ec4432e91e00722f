import * as z from "zod";
import { checkedIdentity, type IdentityFacts, isTimeZone, languageIssues } from "./identity-rules.ts";

export const identityOs = z.enum(["windows", "macos", "linux", "android"]);
export type IdentityOs = z.infer<typeof identityOs>;

/** The first is the language of the pages, as BCP 47. */
export const identityLanguages = z
  .array(z.string().max(35))
  .min(1, "Give at least one language.")
  .max(10, "At most 10 languages.")
  .superRefine((languages, context) => {
    for (const { path, message } of languageIssues(languages)) context.addIssue({ code: "custom", path, message });
  });
/** An IANA name. */
export const identityTimeZone = z.string().max(60).refine(isTimeZone, "This is not a time zone; give one like Europe/Berlin.");

const side = z.number().int().min(100).max(10_000);
const size = z.strictObject({ width: side, height: side });

/**
 * The device that a profile shows itself as: made once, the same at every launch. What it does not say (the browser's version, its own
 * abilities) is the real browser's, so that it ages as a real device does.
 */
const facts = z.strictObject({
  /** What it was generated from; kept for the record. */
  seed: z.string().min(1).max(100),
  os: identityOs,
  /** As client hints give it: `19.0.0` is Windows 11, `15.5.0` a macOS; empty where the system does not say. */
  platformVersion: z
    .string()
    .max(20)
    .regex(/^(\d{1,4}(\.\d{1,4}){0,3})?$/, "Digits and dots, like 15.0.0."),
  architecture: z.enum(["x86", "arm"]),
  /** The name of a phone's model, empty for computers. */
  model: z
    .string()
    .max(60)
    .regex(/^[\x20-\x7e]*$/, "Plain letters only."),
  languages: identityLanguages,
  /** An IANA name. */
  timeZone: z.string().max(60),
  screen: size,
  viewport: size,
  deviceScaleFactor: z.number().min(0.5).max(5),
  isMobile: z.boolean(),
  hasTouch: z.boolean(),
  hardwareConcurrency: z.number().int().min(1).max(128),
  colorScheme: z.enum(["light", "dark"]),
  /** Where pages that may ask are told the device is; null: they may not ask. */
  geolocation: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      accuracy: z.number().min(0).max(100_000),
    })
    .nullable(),
  /** null, which ages well: made from the system and the version of the real browser. */
  userAgent: z
    .string()
    .max(400)
    .regex(/^[\x20-\x7e]+$/, "Plain letters only.")
    .nullable(),
});

/** An identity that does not contradict itself. */
export const identity = facts.superRefine((value, context) => {
  for (const { path, message } of checkedIdentity(value satisfies IdentityFacts)) context.addIssue({ code: "custom", path, message });
});
export type Identity = z.infer<typeof facts>;

/** What another device of the same kind, languages and time is made from. */
export function choicesOf({ os, languages, timeZone }: Identity): Pick<Identity, "os" | "languages" | "timeZone"> {
  return { os, languages, timeZone };
}

/** The new device with what somebody chose of the first; what contradicts the new one (a user agent of another phone) is left out. */
export function withChoicesOf(original: Identity, fresh: Identity): Identity {
  const { geolocation, userAgent } = original;
  for (const choices of [{ geolocation, userAgent }, { geolocation }]) {
    const checked = checkIdentity({ ...fresh, ...choices });
    if (checked.ok) return checked.identity;
  }
  return fresh;
}

export type IdentityIssue = { path: string; message: string };

/** Reads an identity as a person or program gave it; the issues say where what is wrong, all at once. */
export function checkIdentity(value: unknown): { ok: true; identity: Identity } | { ok: false; issues: IdentityIssue[] } {
  const parsed = identity.safeParse(value);
  if (parsed.success) return { ok: true, identity: parsed.data };
  return { ok: false, issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })) };
}
