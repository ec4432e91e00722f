import * as z from "zod";
import { stateFormats } from "../formats/profile-state.ts";
import { id } from "../schemas/common.ts";
import { inputValues } from "../schemas/deployment.ts";
import { embeddedWorkflows } from "../schemas/embedded-workflows.ts";
import { identity } from "../schemas/identity.ts";
import { signedManifest, signingPublicKey } from "../schemas/manifest.ts";
import { profileEngine, profileSettings } from "../schemas/profile-settings.ts";
import { POOL_MAX, PROXIES_AT_ONCE, PROXIES_PER_CHECK, poolOrder, proxyOrder } from "../schemas/proxy.ts";
import { schedule } from "../schemas/schedule.ts";
import { parcelPlace } from "./parcels.ts";
import { profileFacts } from "./profile-report.ts";
import { requestedBy } from "./requested-by.ts";
import type { TaskKind } from "./task-kinds.ts";

/** Most profiles that one `profile.configure` names. */
export const PROFILES_PER_CONFIGURE = 100;
/** Most profiles that one of the tasks for many names. */
export const PROFILES_PER_TASK = 100;
/** Armored age ciphertext for this runner. */
const sealed = z.string().startsWith("-----BEGIN AGE ENCRYPTED FILE-----").max(5_000);
/** An X25519 recipient of age. */
const ageRecipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/);
export const importFields = {
  ...parcelPlace,
  /**
   * SHA-256 in hex of what is in the parcel, sealed to this runner: it is what was signed. Absent for a bundle whose passphrase nobody on the
   * way knows, and which nobody there can make another of.
   */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Of cookies and states: with what is there, or instead of it. A bundle always replaces. */
  mode: z.enum(["merge", "replace"]),
  /** Of the bundle, sealed to this runner; absent for a file that needs none. */
  passphrase: sealed.optional(),
  /** The profile stays as it is set; else it is set as the bundle's was. */
  keepSettings: z.boolean().optional(),
};
export const exportFields = {
  ...parcelPlace,
  format: z.enum([...stateFormats, "bundle"]),
  /** What people call it, for whoever opens the bundle. */
  name: z.string().max(200).nullable(),
  recipient: ageRecipient.optional(),
  /** Of a bundle, sealed to this runner. */
  passphrase: sealed.optional(),
};

/**
 * `word`: 32 random bytes in base64url that whoever wants the move has made, sealed to the runner of this task. Both runners know it and the
 * server does not: a file in which it is was made by the one for the other.
 */
export const moveOutFields = { ...parcelPlace, recipient: ageRecipient, word: sealed };
export const moveInFields = { ...parcelPlace, word: sealed };

/** What is imported cannot be exchanged on the way. */
export const isBound = ({ sha256, passphrase }: { sha256?: string | undefined; passphrase?: string | undefined }) =>
  sha256 !== undefined || passphrase !== undefined;
export const bound = { error: "The file's hash is missing.", path: ["sha256"] };

type Sealing = { format: string; recipient?: string | undefined; passphrase?: string | undefined };
/** Nothing leaves open: to a recipient, or a bundle under a passphrase. */
export const isSealedOnce = ({ format, recipient, passphrase }: Sealing) =>
  recipient === undefined ? passphrase !== undefined && format === "bundle" : passphrase === undefined;
export const sealedOnce = { error: "It is sealed to a recipient, or it is a bundle under a passphrase.", path: ["recipient"] };

/** Of every task: who asked, and what they signed, an `order` over the rest of the payload. */
const common = { requestedBy, signedManifest: signedManifest.optional() };

/**
 * What a runner is asked to do besides runs, by the kind of its command. A task may be begun again after a restart of the runner, so each
 * leaves the same behind when it is done twice. One whose payload has a `profileId` has the profile to itself while it is under way.
 */
export const taskPayloads = {
  /** Puts the profile's folder aside, and removes it when it was not asked for again in time. At once when `keepMs` is absent. */
  "profile.delete": z.object({ ...common, profileId: id, keepMs: z.number().int().min(0).optional() }),
  /** Takes a deletion back that still waits. */
  "profile.restore": z.object({ ...common, profileId: id }),
  /** What these profiles are like from here on; a revision that is not newer than what the runner has is passed over. */
  "profile.configure": z.object({
    ...common,
    profiles: z
      .array(z.object({ profileId: id, revision: z.number().int().min(1), settings: profileSettings }))
      .min(1)
      .max(PROFILES_PER_CONFIGURE),
  }),
  /** Has a deployment run by itself from here on. Signed by its `deploy` manifest, which names the schedule. */
  "schedule.install": z.object({
    ...common,
    deploymentId: id,
    workflowVersionId: id,
    /** Absent from older servers. */
    workflowId: id.optional(),
    names: z.object({ workflow: z.string().max(200) }),
    schedule,
    profiles: z
      .array(z.object({ profileId: id, name: z.string().max(200) }))
      .min(1)
      .max(1000),
    /** The recording; parsed again on the runner before anything is done. */
    recording: z.record(z.string(), z.unknown()),
    /** Other workflows that it runs, which its content names by their hashes. */
    workflows: embeddedWorkflows.optional(),
    /** Secret inputs are sealed to the runner's age identity. */
    inputs: inputValues,
  }),
  "schedule.pause": z.object({ ...common, deploymentId: id, paused: z.boolean() }),
  /** `successorId`: only when the runner has that one's schedule. */
  "schedule.remove": z.object({ ...common, deploymentId: id, successorId: id.optional() }),
  /** Proxies and pools as they are from here on; a revision that is not newer than what the runner has is passed over. */
  "proxy.configure": z.object({
    ...common,
    proxies: z.array(proxyOrder).max(PROXIES_AT_ONCE),
    pools: z.array(poolOrder).max(PROXIES_AT_ONCE),
    removed: z.array(id).max(PROXIES_AT_ONCE),
  }),
  /** Looks where these lead out. The result is in `findings`. */
  "proxy.check": z.object({ ...common, proxyIds: z.array(id).min(1).max(PROXIES_PER_CHECK) }),
  /**
   * Makes copies of the profile, as it was saved last and with its settings. One that is there already is left as it is. `identities`, one
   * for each copy in their order, are the devices that they show themselves as; without them it is that of the profile. Its result is
   * {@link clonedResult}.
   */
  "profile.clone": z.object({
    ...common,
    profileId: id,
    copies: z.array(id).min(1).max(PROFILES_PER_TASK),
    identities: z.array(identity).max(PROFILES_PER_TASK).optional(),
  }),
  /** As `profile.delete`, for several: those that are in use stay. Its result is {@link manyResult}. */
  "profiles.delete": z.object({
    ...common,
    profileIds: z.array(id).min(1).max(PROFILES_PER_TASK),
    keepMs: z.number().int().min(0).optional(),
  }),
  /** As `profile.restore`, for several. Its result is {@link manyResult}. */
  "profiles.restore": z.object({ ...common, profileIds: z.array(id).min(1).max(PROFILES_PER_TASK) }),
  /** Opens the profile in a window on the runner's computer, or without one, and holds it until it is closed. */
  "profile.open": z.object({
    ...common,
    profileId: id,
    window: z.boolean().default(true),
    url: z.url({ protocol: /^https?$/ }).optional(),
  }),
  /** Closes what `profile.open` has opened; its state is saved first. */
  "profile.close": z.object({ ...common, profileId: id }),
  /** As `profile.open` without a window, for several: what there is no memory for hibernates. Its result is {@link openedResult}. */
  "profiles.open": z.object({ ...common, profileIds: z.array(id).min(1).max(PROFILES_PER_TASK) }),
  /** As `profile.close`, for several. Its result is {@link openedResult}. */
  "profiles.close": z.object({ ...common, profileIds: z.array(id).min(1).max(PROFILES_PER_TASK) }),
  /** Brings state and folder in step for a change of the engine. Its result is {@link convertResult}. */
  "profile.convert": z.object({ ...common, profileId: id, to: profileEngine }),
  /** Its result is {@link statesResult}. */
  "profile.states": z.object({ ...common, profileId: id }),
  /** Makes an earlier state the newest. */
  "profile.restore-state": z.object({ ...common, profileId: id, version: z.number().int().min(0) }),
  /** Takes a file into the profile, which waits as a parcel sealed to this runner. */
  "profile.import": z.object({ ...common, profileId: id, ...importFields }).refine(isBound, bound),
  /** Puts the profile on its way as a sealed file. */
  "profile.export": z.object({ ...common, profileId: id, ...exportFields }).refine(isSealedOnce, sealedOnce),
  /**
   * Puts all of the profile into a parcel for another runner, and lets nobody else use it until that parcel is gone: then the other one has
   * it, or it stays here.
   */
  "profile.move-out": z.object({ ...common, profileId: id, ...moveOutFields }),
  /** Takes a profile in that another runner has put on its way. Its result is {@link moveInResult}. */
  "profile.move-in": z.object({ ...common, profileId: id, ...moveInFields }),
  /**
   * Says that the runner has the profile, from a backup or because it keeps in step with another, and keeps what it is like. Its result is
   * {@link moveInResult}; PROFILE_GONE when there is none.
   */
  "profile.claim": z.object({ ...common, profileId: id, revision: z.number().int().min(0), settings: profileSettings }),
  /** Makes a backup with what the runner's owner set up there, or looks whether all of it is still good. */
  "backup.run": z.object({ ...common, action: z.enum(["run", "verify"]) }),
  /** How backups stand, as a result. */
  "backup.status": z.object({ ...common }),
  /** Gives a run's page to a person until they give it back (hold.ts). `key` signs what they do; null where nothing is signed. */
  "run.hold": z.object({ ...common, runId: id, key: signingPublicKey.nullable() }),
} satisfies Record<TaskKind, z.ZodType>;

/** What of the profile stays behind in the engine that it leaves, as {@link whatStaysBehind} names it. */
export const convertResult = z.object({ from: profileEngine, to: profileEngine, staysBehind: z.array(z.string().max(40)).max(20) });

/**
 * What the profile is like where it is now, as a report of the runner would tell it, the proxies of it whose secrets can be read there, and
 * the pool that it leaves by as it is known there.
 */
export const moveInResult = profileFacts.omit({ holder: true, proxyBytes: true, mismatchAt: true }).extend({
  proxies: z
    .array(z.object({ id, revision: z.number().int().min(1) }))
    .max(POOL_MAX)
    .optional(),
  pool: z.object({ id, revision: z.number().int().min(1) }).optional(),
});

/** How many copies were made, and which were not; older runners do not say which. */
export const clonedResult = z.object({ copies: z.number().int(), failed: z.array(id).max(PROFILES_PER_TASK).optional() });

/** To how many it was done, and to which not. */
export const manyResult = z.object({ done: z.number().int(), failed: z.array(id).max(PROFILES_PER_TASK) });

/** How many were opened or closed, how many of those hibernate from the first, and which could not be opened, with why. */
export const openedResult = z.object({
  done: z.number().int(),
  hibernating: z.number().int(),
  failed: z.array(z.object({ id, code: z.string().max(60) })).max(PROFILES_PER_TASK),
});

/** The states that can be restored, newest first. */
export const statesResult = z.object({
  states: z
    .array(
      z.object({
        version: z.number().int().min(0),
        /** Milliseconds since the epoch; null when that is not known. */
        savedAt: z.number().int().nullable(),
        bytes: z.number().int().min(0),
        cookies: z.number().int().min(0),
        origins: z.number().int().min(0),
      }),
    )
    .max(10),
});

export type TaskPayload<Kind extends TaskKind> = z.infer<(typeof taskPayloads)[Kind]>;
