import type { Plan } from "@/server/plan";

/** A limit of `points` within `seconds`, counted from the first. */
export type RateLimit = { name: string; points: number; seconds: number };

/** Sign-ins that failed, from one network address: people behind one router share it. */
export const signInByAddress: RateLimit = { name: "sign-in-address", points: 30, seconds: 15 * 60 };

/** Sign-ins that failed for one e-mail address, whoever tried and whether or not it has an account. */
export const signInByEmail: RateLimit = { name: "sign-in-email", points: 10, seconds: 15 * 60 };

/** Sign-ups from one network address, those that were refused too. */
export const signUpByAddress: RateLimit = { name: "sign-up-address", points: 30, seconds: 60 * 60 };

/** Calls with API keys, for a project. */
export function apiByProject({ apiCallsPerHour }: Plan): RateLimit {
  return { name: "api-project", points: apiCallsPerHour, seconds: 60 * 60 };
}

/** Commands asked of one runner. */
export function commandsByRunner({ commandsPerRunnerPerMinute }: Plan): RateLimit {
  return { name: "commands-runner", points: commandsPerRunnerPerMinute, seconds: 60 };
}

/** Alerts by e-mail to one person; more are not sent, and the dashboard says so. */
export const alertMailsByPerson: RateLimit = { name: "alert-mail", points: 30, seconds: 60 * 60 };

/** Tests of webhooks and deliveries asked for again, in one project: each is a request to somebody else's server. */
export const webhookTestsByProject: RateLimit = { name: "webhook-test", points: 60, seconds: 10 * 60 };

/** Webhooks of a project. */
export const MAX_WEBHOOKS_PER_PROJECT = 20;

/** The largest body of a tRPC or REST request, in bytes: a recording of 2 MB in JSON with room to spare. */
export const MAX_REQUEST_BYTES = 3_000_000;

/** The largest body of a sign-in or sign-out, in bytes. */
export const MAX_AUTH_REQUEST_BYTES = 64_000;

/** Keys of a project that are not revoked. */
export const MAX_API_KEYS_PER_PROJECT = 100;
/** Signing keys of a project that are not revoked. */
export const MAX_SIGNING_KEYS_PER_PROJECT = 500;

/** Projects that one person owns. */
export const MAX_PROJECTS_PER_PERSON = 50;
