import { Readable } from "node:stream";
import { BundleError, type BundleKeys, type BundleLock } from "./bundle-format.ts";
import { passphraseIdentity, passphraseRecipient } from "./passphrase-lock.ts";

/** age's own first words (age-encryption.org/v1). */
const ageBegins = "age-encryption.org/v1\n";

/** Seals what comes with age, 64 KB at a time. */
export async function sealStream(source: Readable, lock: BundleLock): Promise<Readable> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  if ("passphrase" in lock) encrypter.addRecipient(passphraseRecipient(lock.passphrase));
  else for (const recipient of lock.recipients) encrypter.addRecipient(recipient);
  return fromWeb(await encrypter.encrypt(toWeb(source)));
}

/**
 * Opens what {@link sealStream} or age itself made; each piece is known to be unchanged before it is passed on, and an end that is
 * missing is an error. @throws BundleError BUNDLE_LOCKED when no key fits, BUNDLE_INVALID for what is not age's
 */
export async function openStream(source: Readable, keys: BundleKeys): Promise<Readable> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  if (keys.identity) decrypter.addIdentity(keys.identity);
  if (keys.passphrase) decrypter.addIdentity(passphraseIdentity(keys.passphrase));
  try {
    return fromWeb(await decrypter.decrypt(toWeb(source)));
  } catch (error) {
    source.destroy();
    const isLocked = error instanceof Error && /no identity matched|identities|passphrase/i.test(error.message);
    throw new BundleError(isLocked ? "BUNDLE_LOCKED" : "BUNDLE_INVALID", error);
  }
}

/** The same stream with its first bytes looked at. */
export async function peek(source: Readable, length: number): Promise<{ begins: Buffer; whole: Readable }> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  while (bytes < length) {
    const next = await iterator.next();
    if (next.done) break;
    const part = Buffer.from(next.value);
    parts.push(part);
    bytes += part.length;
  }
  async function* again() {
    yield* parts;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { begins: Buffer.concat(parts).subarray(0, length), whole: Readable.from(again(), { objectMode: false }) };
}

export function isAge(begins: Buffer): boolean {
  return begins.toString("latin1").startsWith(ageBegins);
}

export const ageBeginsLength = ageBegins.length;

// Node's and the browsers' streams are the same at run time; their types differ in what a piece is backed by
function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>;
}

function fromWeb(stream: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as unknown as Parameters<typeof Readable.fromWeb>[0]);
}
