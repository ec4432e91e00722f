import { profileSettings } from "@deskhand/shared/schemas/profile-settings";
import { carriedWays } from "@deskhand/shared/schemas/proxy";
import * as z from "zod";

/** The version of the container: raised when an older Deskhand could not read it rightly any more. */
export const BUNDLE_VERSION = 1;
export const headerPart = "deskhand.json";
export const settingsPart = "settings.json";
export const statePart = "state.json";
export const manifestPart = "manifest.json";
export const userDataPart = "user-data/";
export const extensionsPart = "extensions/";

/** The first part: what this is, before anything else of it is read. */
export const bundleHeader = z.object({
  format: z.literal("deskhand-profile"),
  version: z.number().int().min(1),
  createdAt: z.iso.datetime(),
  /** What the profile was called. */
  name: z.string().max(200).nullable(),
  /** How the browser's folder stands to the state; absent: in step with it, and closed in order. */
  folder: z.object({ isInStep: z.boolean(), wasKilled: z.boolean() }).optional(),
  /** Of a profile that moves to another runner. */
  move: z
    .object({
      /** What only the two runners know: a file with it was made by the one for the other. */
      word: z.string(),
      revision: z.number().int().min(0),
      stateSavedAt: z.number().nullable(),
      flags: z.array(z.string()),
      /** How it reaches the network, with what the other runner needs for that. */
      ways: carriedWays.optional(),
    })
    .optional(),
});
export type BundleHeader = z.infer<typeof bundleHeader>;
export const bundleSettings = profileSettings;

/** The last part: each part before it, in their order. */
export const bundleManifest = z.object({
  parts: z.array(z.object({ name: z.string(), bytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type BundlePart = z.infer<typeof bundleManifest>["parts"][number];

/** Why a bundle was not read. */
export type BundleFault = "BUNDLE_INVALID" | "BUNDLE_LOCKED" | "BUNDLE_DAMAGED" | "BUNDLE_NEWER" | "BUNDLE_TOO_LARGE";

export class BundleError extends Error {
  readonly code: BundleFault;

  constructor(code: BundleFault, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Who can open it. */
export type BundleLock = { passphrase: string } | { recipients: readonly string[] };
/** With what it is opened: an age identity, a passphrase, or both, of which one has to fit. */
export type BundleKeys = { identity?: string | undefined; passphrase?: string | undefined };
