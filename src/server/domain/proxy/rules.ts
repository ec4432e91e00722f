/** Proxies and pools that a project may have. */
export const MAX_PROXIES = 5_000;
export const MAX_POOLS = 200;

/** A check that the runner did not begin in this time is of no use to anybody any more, milliseconds. */
export const CHECK_WITHIN_MS = 10 * 60_000;

type Endpoint = { scheme: string; host: string; port: number; username: string | null };

/** Two that lead to the same place for the same customer. */
export function endpointKey({ scheme, host, port, username }: Endpoint): string {
  return JSON.stringify([scheme, host, port, username]);
}

/** Secrets are sealed for one endpoint: at another, they have to be given again. */
export function needsSecretsAgain(before: Endpoint, after: Endpoint): boolean {
  return before.host !== after.host || before.port !== after.port || before.username !== after.username;
}
