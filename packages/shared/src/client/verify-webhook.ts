/** What a message may be older or younger than now, seconds, as Standard Webhooks proposes. */
const toleranceSeconds = 300;

type Headers = { get(name: string): string | null } | Readonly<Record<string, string | string[] | undefined>>;

/**
 * Is this message of whoever has the secret (`whsec_…`), of now and unchanged? By the Standard Webhooks specification; `body` is the very
 * text that came. `id` is to be remembered by whoever must take each message once. Undefined when it is not to be trusted.
 */
export async function verifyWebhook(
  secret: string | readonly string[],
  headers: Headers,
  body: string,
  now = Date.now(),
): Promise<{ id: string } | undefined> {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => header(headers, name));
  if (!id || id.length > 256 || !timestamp || !/^\d{1,12}$/.test(timestamp) || !signatures) return undefined;
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) return undefined;
  const given = signatures.split(" ", 16).flatMap((each) => (each.startsWith("v1,") ? [fromBase64(each.slice(3))] : []));
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const each of [secret].flat()) {
    const key = await keyOf(each);
    // compares in constant time
    for (const signature of given) if (signature && (await crypto.subtle.verify("HMAC", key, signature, content))) return { id };
  }
  return undefined;
}

/** The headers that {@link verifyWebhook} looks at, for a message of this moment. */
export async function signWebhook(secret: string, id: string, body: string, now = Date.now()): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", await keyOf(secret), content));
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${btoa(String.fromCharCode(...signature))}` };
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ""));
  if (!bytes) throw new Error("The webhook's secret is not of the form whsec_….");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function header(headers: Headers, name: string): string | undefined {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, string | string[] | undefined>>)[name];
  return typeof value === "string" ? value : undefined;
}
