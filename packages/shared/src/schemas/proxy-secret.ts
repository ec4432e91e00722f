import * as z from "zod";

type Endpoint = { host: string; port: number; username: string | null };

const content = z.strictObject({
  v: z.literal(1),
  host: z.string(),
  port: z.number(),
  username: z.string().nullable(),
  secret: z.string(),
});

/**
 * What is sealed for a secret of a proxy. It names the proxy, so that whoever passes the ciphertext on cannot have a runner say the
 * password to another host.
 */
export function proxySecretText({ host, port, username }: Endpoint, secret: string): string {
  return JSON.stringify({ v: 1, host, port, username, secret } satisfies z.infer<typeof content>);
}

/** Undefined when it was sealed for another proxy, or is not such a text. */
export function readProxySecret(text: string, { host, port, username }: Endpoint): string | undefined {
  try {
    const read = content.parse(JSON.parse(text));
    return read.host === host && read.port === port && read.username === username ? read.secret : undefined;
  } catch {
    return undefined;
  }
}
