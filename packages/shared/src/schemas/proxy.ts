import * as z from "zod";
import { id, inProject, instant, name, pageInput, pageOf } from "./common.ts";
import { canonicalHost } from "./host-pattern.ts";
import { signedManifest } from "./manifest.ts";

/** Most proxies in one import, and in one message to a runner. */
export const PROXIES_AT_ONCE = 200;
/** Most proxies that one check looks at. */
export const PROXIES_PER_CHECK = 100;
/** Most proxies in a pool. */
export const POOL_MAX = 500;

export const proxyScheme = z.enum(["http", "https", "socks4", "socks5"]);
export type ProxyScheme = z.infer<typeof proxyScheme>;

const host = z
  .string()
  .trim()
  .max(253)
  .transform((text, context) => {
    const canonical = canonicalHost(text);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: "custom", message: "This is not a host: give a name like proxy.example or an address." });
    return z.NEVER;
  });

/** An armored age file. The server keeps it and cannot open it. */
export const sealedSecret = z
  .string()
  .max(8_000)
  .regex(/^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n?$/, "This is not sealed.");

/** Two secrets of a proxy, sealed in the browser to all accepted runners of the project at once. */
const secrets = {
  passwordSealed: sealedSecret.nullable(),
  /** An address that changes the proxy's exit when it is asked for; sealed, because such addresses have a key in them. */
  changeUrlSealed: sealedSecret.nullable(),
};

const address = { scheme: proxyScheme, host, port: z.number().int().min(1).max(65_535), username: z.string().min(1).max(255).nullable() };

/** A proxy as it is made: with an id of the maker's, so that what runners are told can be signed before the server knows of it. */
export const newProxy = z.strictObject({ id, name: name.nullable(), ...address, ...secrets });
export type NewProxy = z.infer<typeof newProxy>;

/** A proxy as runners are told: secrets that are left out stay as the runner has them. */
export const proxyOrder = z.strictObject({
  id,
  revision: z.number().int().min(1),
  ...address,
  passwordSealed: secrets.passwordSealed.optional(),
  changeUrlSealed: secrets.changeUrlSealed.optional(),
});
export type ProxyOrder = z.infer<typeof proxyOrder>;

/** A proxy on its way from one runner to another, inside of what is sealed to that one: its secrets are in clear, as they were sealed. */
export const carriedProxy = z.strictObject({
  id,
  revision: z.number().int().min(1),
  ...address,
  password: z.string().max(5_000).nullable(),
  changeUrl: z.string().max(5_000).nullable(),
});
export type CarriedProxy = z.infer<typeof carriedProxy>;

export const poolStrategy = z.enum(["round-robin", "sticky-profile", "sticky-run", "random", "failover"]);
export type PoolStrategy = z.infer<typeof poolStrategy>;

const poolFields = {
  strategy: poolStrategy,
  /** For how long a proxy that failed is left alone. */
  coolDownSeconds: z.number().int().min(0).max(86_400),
  proxyIds: z
    .array(id)
    .min(1, "Choose at least one proxy.")
    .max(POOL_MAX)
    .refine((ids) => new Set(ids).size === ids.length, "A proxy is in the pool twice."),
};
export const poolOrder = z.strictObject({ id, revision: z.number().int().min(1), ...poolFields });
export type PoolOrder = z.infer<typeof poolOrder>;

/** What a profile that moves to another runner takes along of the ways that it leaves by. */
export const carriedWays = z.object({ proxies: z.array(carriedProxy).max(POOL_MAX), pools: z.array(poolOrder).max(1) });
export type CarriedWays = z.infer<typeof carriedWays>;

/** One signature for each runner that demands them, under the same order. */
export const signedForRunners = z
  .array(z.object({ runnerId: id, signedManifest }))
  .max(1_000)
  .default([]);
const recipients = {
  /** The runners to whose keys the secrets were sealed. */ sealedFor: z.array(id).max(1_000),
  signed: signedForRunners,
};

export const importProxiesInput = inProject.extend({ proxies: z.array(newProxy).min(1).max(PROXIES_AT_ONCE), ...recipients });
/** `revision` is the one that is being changed; secrets that are left out stay. */
export const changeProxyInput = z.object({
  id,
  revision: z.number().int().min(1),
  name: name.nullable(),
  ...address,
  passwordSealed: secrets.passwordSealed.optional(),
  changeUrlSealed: secrets.changeUrlSealed.optional(),
  ...recipients,
});
export const deleteProxiesInput = inProject.extend({ ids: z.array(id).min(1).max(PROXIES_AT_ONCE), signed: signedForRunners });
/** What the last look at a proxy said; `fails` for whatever reason. */
export const proxyState = z.enum(["works", "fails", "unchecked"]);
export type ProxyState = z.infer<typeof proxyState>;
export const listProxiesInput = inProject.extend({
  ...pageInput.shape,
  search: z.string().max(80).optional(),
  state: proxyState.optional(),
});
export const checkProxiesInput = inProject.extend({
  runnerId: id,
  proxyIds: z.array(id).min(1).max(PROXIES_PER_CHECK),
  signedManifest: signedManifest.optional(),
});
export const checkStarted = z.object({ commandId: id });

export const putPoolInput = inProject.extend({ id, revision: z.number().int().min(0), name, ...poolFields, signed: signedForRunners });
/**
 * Tells one runner of a pool that it does not have, with proxies of it that it does not have either: those without secrets, for others are
 * sealed to the runners that there were. One order for each {@link PROXIES_AT_ONCE} of them.
 */
export const sendPoolInput = z.object({
  id,
  runnerId: id,
  revision: z.number().int().min(1),
  proxies: z
    .array(z.object({ id, revision: z.number().int().min(1) }))
    .max(PROXIES_AT_ONCE)
    .default([]),
  signedManifest: signedManifest.optional(),
});
export const deletePoolInput = z.object({ id, signed: signedForRunners });

/** Where a proxy leads out, as the service that was asked through it says. */
export const proxyExit = z.object({
  address: z.string().max(45),
  /** ISO 3166-1 alpha-2. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  timeZone: z.string().max(60).nullable(),
  /** Degrees; as a rule that of a city, at times only of a country. */
  place: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullable()
    .default(null),
});
export type ProxyExit = z.infer<typeof proxyExit>;

/** What became of one check, as the runner tells it. */
export const proxyFinding = z.object({
  proxyId: id,
  exit: proxyExit.nullable(),
  /** From the first byte to the proxy to the service's whole answer. */
  latencyMs: z.number().int().min(0).nullable(),
  failureCode: z
    .string()
    .regex(/^[A-Z][A-Z_]{2,59}$/)
    .nullable(),
});
export type ProxyFinding = z.infer<typeof proxyFinding>;

export const proxyView = z.object({
  id,
  projectId: id,
  name: z.string().nullable(),
  scheme: proxyScheme,
  host: z.string(),
  port: z.number().int(),
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  hasChangeUrl: z.boolean(),
  /** Runners that were told of it, and can read its secrets. */
  knownTo: z.array(id),
  revision: z.number().int(),
  lastCheck: z
    .object({ exit: proxyExit.nullable(), latencyMs: z.number().int().nullable(), failureCode: z.string().nullable(), at: instant })
    .nullable(),
  bytesSent: z.number().int(),
  bytesReceived: z.number().int(),
  /** Profiles and pools that name it. */
  usedBy: z.number().int(),
  /** Of these the pools. */
  usedByPools: z.number().int().default(0),
  createdAt: instant,
});
export type ProxyView = z.infer<typeof proxyView>;
export const proxyPage = pageOf(proxyView);
export const importedProxies = z.object({
  items: z.array(proxyView),
  /** Of these the project had the same before. */ skipped: z.number().int(),
});

export const poolView = z.object({
  id,
  projectId: id,
  name: z.string(),
  ...poolFields,
  /** Runners that were told of it as it is now. */
  knownTo: z.array(id).default([]),
  /** Profiles that have it. */
  usedBy: z.number().int().default(0),
  revision: z.number().int(),
  createdAt: instant,
});
export type PoolView = z.infer<typeof poolView>;
export const poolList = z.object({ items: z.array(poolView) });

export const proxyUsageView = z.object({
  profileId: id,
  profileName: z.string(),
  proxyId: id,
  bytesSent: z.number().int(),
  bytesReceived: z.number().int(),
  lastUsedAt: instant,
});
export type ProxyUsageView = z.infer<typeof proxyUsageView>;
export const proxyUsageInput = inProject.extend({ ...pageInput.shape, proxyId: id.optional(), profileId: id.optional() });
export const proxyUsagePage = pageOf(proxyUsageView);
