import type { SigningKey } from "@deskhand/shared/signing/make-manifest";
import { sha256 } from "@deskhand/shared/signing/make-manifest";
import { createStore, get, update } from "idb-keyval";

/** The key that this browser signs with for one person. The browser keeps it and gives it to nobody, not even to this page. */
export type BrowserKey = SigningKey & {
  /** SPKI DER in base64. */
  publicKey: string;
};

/** Can this page sign? Browsers offer it only on https and on localhost, and older ones have no Ed25519. */
export function canSign(): boolean {
  return typeof globalThis.crypto?.subtle === "object" && typeof indexedDB === "object";
}

const store = () => createStore("deskhand-signing", "keys");
const algorithm = "Ed25519";

/** This person's key in this browser, made when there is none. @throws when the browser has no Ed25519 or keeps nothing (a private window) */
export async function browserKey(userId: string): Promise<BrowserKey> {
  const made = (await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"])) as CryptoKeyPair;
  // whichever of two tabs is first: the other takes its key
  await update<CryptoKeyPair>(userId, (known) => known ?? made, store());
  return readKey((await get<CryptoKeyPair>(userId, store())) ?? made);
}

/** A key for one purpose that is forgotten with the page; undefined in a browser that cannot sign. */
export async function passingKey(): Promise<BrowserKey | undefined> {
  if (!canSign()) return undefined;
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]).catch(() => undefined);
  return pair && readKey(pair as CryptoKeyPair);
}

/** The same, when there is one already. */
export async function knownBrowserKey(userId: string): Promise<BrowserKey | null> {
  if (!canSign()) return null;
  const known = await get<CryptoKeyPair>(userId, store());
  return known ? readKey(known) : null;
}

/** Remembers, as the runner's own computer said it, the key to which secrets for that runner are sealed. */
export function pinRecipient(runnerId: string, hash: string): Promise<void> {
  return update<string>(`recipient ${runnerId}`, () => hash, store());
}

/** False when the server names another recipient than the runner's computer did. True when that said nothing here. */
export async function isRecipientRight(runnerId: string, recipient: string): Promise<boolean> {
  if (!canSign()) return true;
  const pinned = await get<string>(`recipient ${runnerId}`, store());
  return pinned === undefined || pinned === (await sha256(new TextEncoder().encode(recipient)));
}

/** What this browser is called in lists. */
export function browserName(): string {
  const agent = navigator.userAgent;
  const browser = [
    ["Edg/", "Edge"],
    ["Firefox/", "Firefox"],
    ["Chrome/", "Chrome"],
    ["Safari/", "Safari"],
  ].find(([mark]) => agent.includes(mark ?? ""))?.[1];
  const system = [
    ["Android", "Android"],
    ["iPhone", "iPhone"],
    ["iPad", "iPad"],
    ["Windows", "Windows"],
    ["Mac OS", "macOS"],
    ["Linux", "Linux"],
  ].find(([mark]) => agent.includes(mark ?? ""))?.[1];
  return [browser ?? "Browser", system].filter(Boolean).join(" on ");
}

async function readKey({ publicKey, privateKey }: CryptoKeyPair): Promise<BrowserKey> {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  return {
    publicKey: btoa(String.fromCharCode(...spki)),
    keyId: await sha256(spki),
    sign: async (text) => new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, text)),
  };
}
