import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { MAX_SIGNERS, type SignerWishes } from "@deskhand/shared/protocol/signers";
import { approvalText } from "@deskhand/shared/schemas/manifest";
import { editAlone } from "../identity/exclusive.ts";
import type { RunnerHome } from "../identity/home.ts";
import { fingerprintOfSigner, keyIdOf, loadSigners, type Signer, type Signers, saveSigners } from "./signers-file.ts";

/** How long a printed link approves a browser, milliseconds. */
const linkLastsMs = 24 * 60 * 60_000;
/** Decisions that are remembered, so that a key that was turned away does not ask again at once. */
const mostDecided = 300;

/** Why an edit was not made. The message is for the person who asked for it. */
export class SignerError extends Error {
  readonly reason: "DAMAGED" | "UNKNOWN_KEY" | "AMBIGUOUS_KEY";

  constructor(reason: SignerError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** @throws SignerError DAMAGED */
export function readSigners(home: RunnerHome): Signers {
  const loaded = loadSigners(home);
  if (!loaded.ok) throw new SignerError("DAMAGED", `${loaded.reason}: move it away to begin again, then approve your keys again.`);
  return loaded.signers;
}

/**
 * Changes whom this runner trusts. Only the owner's own hands lead here, and {@link takeWishes}, which can add what asks and take away.
 * @throws SignerError DAMAGED, and what `change` throws
 */
function editSigners(home: RunnerHome, change: (signers: Signers) => Signers): Signers {
  return editAlone(home, () => {
    const before = readSigners(home);
    const after = change(before);
    if (after !== before) saveSigners(home, after);
    return after;
  });
}

/** Approves, turns away or takes back a key that asked, by its fingerprint or the beginning of it. @throws SignerError */
export function decideSigner(home: RunnerHome, wanted: string, status: "approved" | "rejected" | "revoked"): Signer {
  let decided: Signer | undefined;
  editSigners(home, (before) => {
    const found = findSigner(before.signers, wanted);
    decided = { ...found, status, approvedBy: status === "approved" ? "device" : found.approvedBy, decidedAt: Date.now() };
    return put(before, decided);
  });
  if (!decided) throw new SignerError("UNKNOWN_KEY", "There is no such key.");
  return decided;
}

/** Trusts a key that this folder's own command line made: whoever can write here can change the policy too. */
export function trustOwnKey(home: RunnerHome, { publicKey, name }: { publicKey: string; name: string }): void {
  const keyId = keyIdOf(publicKey);
  editSigners(home, (before) => {
    const known = before.signers.find((signer) => signer.keyId === keyId);
    if (known && known.status !== "pending") return before;
    const now = Date.now();
    return put(before, {
      publicKey,
      name,
      keyId,
      kind: "cli",
      person: "",
      status: "approved",
      approvedBy: "folder",
      askedAt: now,
      decidedAt: now,
    });
  });
}

/** A new secret for a link that approves one browser, once, within a day. */
export function makeLink(home: RunnerHome): string {
  const secret = randomBytes(32).toString("base64url");
  const now = Date.now();
  editSigners(home, (before) => ({
    ...before,
    links: [...before.links.filter(({ expiresAt }) => expiresAt > now), { secret, expiresAt: now + linkLastsMs }].slice(-20),
  }));
  return secret;
}

/**
 * Notes who asks to sign, and takes away what was revoked. Nothing that the server says approves a key, but the proof that whoever has it
 * read a link that this device printed.
 */
export function takeWishes(home: RunnerHome, runnerId: string, { requests, revoked }: SignerWishes): Signers {
  return editSigners(home, (before) => {
    let signers = before;
    for (const request of requests) signers = takeRequest(signers, runnerId, request);
    for (const keyId of revoked) {
      const known = signers.signers.find((signer) => signer.keyId === keyId);
      if (known && known.status !== "revoked") signers = put(signers, { ...known, status: "revoked", decidedAt: Date.now() });
    }
    return signers;
  });
}

function takeRequest(before: Signers, runnerId: string, request: SignerWishes["requests"][number]): Signers {
  const { publicKey, kind, name, person, proof } = request;
  const keyId = keyIdOf(publicKey);
  const known = before.signers.find((signer) => signer.keyId === keyId);
  // what was decided here holds, whatever the server says later
  if (known && known.status !== "pending") return before;
  const now = Date.now();
  const link =
    proof === null ? undefined : before.links.find((open) => open.expiresAt > now && isProof(open.secret, runnerId, publicKey, proof));
  if (known && !link) return before;
  if (!known && before.signers.filter(({ status }) => status === "pending").length >= MAX_SIGNERS) return before;
  const asked: Signer = {
    keyId,
    publicKey,
    kind,
    name: printable(name),
    person: printable(person),
    status: "pending",
    approvedBy: null,
    askedAt: now,
    decidedAt: null,
  };
  if (!link) return put(before, asked);
  const approved: Signer = { ...asked, status: "approved", approvedBy: "link", decidedAt: now };
  return { ...put(before, approved), links: before.links.filter((open) => open !== link) };
}

function isProof(secret: string, runnerId: string, publicKey: string, proof: string): boolean {
  const expected = createHmac("sha256", Buffer.from(secret, "base64url")).update(approvalText(runnerId, publicKey)).digest();
  const given = Buffer.from(proof, "base64url");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function put(before: Signers, signer: Signer): Signers {
  const others = before.signers.filter(({ keyId }) => keyId !== signer.keyId);
  const away = others.filter(({ status }) => status === "rejected" || status === "revoked");
  const forgotten = new Set(away.slice(0, Math.max(0, away.length - mostDecided)));
  return { ...before, signers: [...others.filter((other) => !forgotten.has(other)), signer] };
}

function findSigner(signers: readonly Signer[], wanted: string): Signer {
  const start = wanted.toLowerCase().replaceAll(/[^0-9a-f]/g, "");
  const found = start.length < 4 ? [] : signers.filter(({ keyId }) => keyId.startsWith(start));
  const [first, second] = found;
  if (!first) throw new SignerError("UNKNOWN_KEY", `There is no key “${wanted}” here.`);
  if (second) {
    throw new SignerError("AMBIGUOUS_KEY", `More than one key begins with “${wanted}”: ${found.map(fingerprintOfSigner).join(", ")}.`);
  }
  return first;
}

/** What the server says is shown in a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "").slice(0, 200) || "?";
}
