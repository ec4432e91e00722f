import { createPublicKey, verify } from "node:crypto";
import { rmSync } from "node:fs";
import { proofText } from "@deskhand/shared/protocol/handshake";
import { keyRotationText } from "@deskhand/shared/protocol/key-rotation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { DeviceKeys } from "./device-keys.ts";
import { fingerprintOf, loadIdentity } from "./identity.ts";
import { loadPairing } from "./pairing-file.ts";

let paired: PairedHome;
const bound = { instanceId: "a", joinId: null, nextJoinId: "b" };

beforeEach(async () => {
  paired = await pairedHome("http://127.0.0.1:1");
});
afterEach(() => paired.remove());

/** As a new process finds the folder. */
function open(): DeviceKeys {
  const identity = loadIdentity(paired.home);
  if (!identity) throw new Error("no identity");
  return new DeviceKeys(paired.home, identity);
}
function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
}
const proves = (keys: DeviceKeys, publicKey: string) =>
  isSignedBy(publicKey, proofText(paired.runnerId, "nonce", bound), keys.signProof(paired.runnerId, "nonce", bound));

describe("a new device key", () => {
  it("is signed by itself and by the one before, is the same until it is taken, and then proves the runner", () => {
    const old = paired.identity.publicKey;
    const proposal = open().propose(paired.runnerId);
    const text = keyRotationText(paired.runnerId, proposal.publicKey);
    expect(isSignedBy(proposal.publicKey, text, proposal.signature)).toBe(true);
    expect(isSignedBy(old, text, proposal.previousSignature)).toBe(true);
    const again = open();
    expect(again.isProposing).toBe(true);
    expect(again.propose(paired.runnerId).publicKey).toBe(proposal.publicKey);
    expect(proves(again, old)).toBe(true);
    again.taken(proposal.publicKey);
    for (const keys of [again, open()]) {
      expect(keys.isProposing).toBe(false);
      expect(proves(keys, proposal.publicKey)).toBe(true);
    }
  });

  it("is the one that is used when the server knows only it: its answer was lost for longer than the old one was good", () => {
    const { publicKey } = open().propose(paired.runnerId);
    const keys = open();
    expect(keys.refused()).toBe(true);
    expect(proves(keys, publicKey)).toBe(true);
    keys.welcomed();
    expect(proves(open(), publicKey)).toBe(true);
    expect(open().isProposing).toBe(false);
  });

  it("gives way to the one before when the server was put back to an earlier state", () => {
    const old = paired.identity.publicKey;
    const before = open();
    before.taken(before.propose(paired.runnerId).publicKey);
    const keys = open();
    expect(keys.refused()).toBe(true);
    expect(proves(keys, old)).toBe(true);
    keys.welcomed();
    expect(proves(open(), old)).toBe(true);
  });

  it("changes the fingerprint that the folder tells, and not what secrets are sealed to", () => {
    const keys = open();
    const { publicKey } = keys.propose(paired.runnerId);
    keys.taken(publicKey);
    expect(loadPairing(paired.home)?.fingerprint).toBe(fingerprintOf(Buffer.from(publicKey, "base64")));
    expect(loadIdentity(paired.home)?.sealRecipient).toBe(paired.identity.sealRecipient);
  });

  it("is not believed in when somebody else's is said to be taken", () => {
    const keys = open();
    keys.propose(paired.runnerId);
    keys.taken(paired.identity.publicKey);
    expect(keys.isProposing).toBe(true);
  });

  it("runs out of keys to try, and then begins with the first", () => {
    const keys = open();
    keys.propose(paired.runnerId);
    expect([keys.refused(), keys.refused()]).toEqual([true, false]);
    expect(proves(keys, paired.identity.publicKey)).toBe(true);
  });

  it("that cannot be written is not proposed", () => {
    const keys = open();
    rmSync(paired.home.folder, { recursive: true });
    expect(() => keys.propose(paired.runnerId)).toThrow();
    expect(keys.isProposing).toBe(false);
  });
});
