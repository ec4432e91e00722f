import { type Proof, proofText } from "@deskhand/shared/protocol/handshake";
import { type KeyRotation, keyRotationText } from "@deskhand/shared/protocol/key-rotation";
import { type RunnerHome, writeJsonFile } from "./home.ts";
import { fingerprintOf, type IdentityFile, newDeviceKey, publicKeyOf, type RunnerIdentity, signWith } from "./identity.ts";
import { loadPairing, savePairing } from "./pairing-file.ts";

/**
 * The device keys of a runner that is running: which one proves it, and how one follows another. A new key is on the disk before the
 * server hears of it, and the one before stays until the server has shown that it knows the new one; so wherever this is interrupted,
 * there is a key that both sides accept. They are tried in turn: the one in use, the proposed one, the one before.
 */
export class DeviceKeys {
  readonly #home: RunnerHome;
  #file: IdentityFile;
  #tried = 0;

  constructor(home: RunnerHome, identity: RunnerIdentity) {
    this.#home = home;
    this.#file = identity.keys.file;
  }

  /** Is there a new key of which the server has not said that it took it? */
  get isProposing(): boolean {
    return this.#file.nextDeviceKey !== undefined;
  }

  /** Of the key in use, as people compare it. */
  get fingerprint(): string {
    return fingerprintOf(publicKeyOf(this.#inUse()));
  }

  signProof(runnerId: string, nonce: string, proof: Pick<Proof, "instanceId" | "joinId" | "nextJoinId">): string {
    return signWith(this.#inUse(), proofText(runnerId, nonce, proof));
  }

  /** The server does not know the key that was tried. @returns whether there is another to try; after the last it begins anew */
  refused(): boolean {
    this.#tried += 1;
    if (this.#tried < this.#candidates().length) return true;
    this.#tried = 0;
    return false;
  }

  /** The server knows the key that was tried: that is the one from now on. Throws when it cannot be written; nothing has changed then. */
  welcomed(): void {
    const used = this.#inUse();
    if (used !== this.#file.deviceKey) this.#become(used);
    this.#tried = 0;
  }

  /** The message that proposes a new key: the same until it is taken. Throws when the key cannot be written. */
  propose(runnerId: string): KeyRotation {
    const next = this.#file.nextDeviceKey ?? newDeviceKey();
    if (this.#file.nextDeviceKey === undefined) this.#save({ ...this.#file, nextDeviceKey: next });
    const publicKey = publicKeyOf(next).toString("base64");
    const text = keyRotationText(runnerId, publicKey);
    return { v: 1, publicKey, signature: signWith(next, text), previousSignature: signWith(this.#file.deviceKey, text) };
  }

  /** The server has taken the proposal. Throws when that cannot be written; it is then proposed again, which changes nothing. */
  taken(publicKey: string): void {
    const { nextDeviceKey: next } = this.#file;
    if (next !== undefined && publicKeyOf(next).toString("base64") === publicKey) this.#become(next);
  }

  #candidates(): string[] {
    const { deviceKey, nextDeviceKey, previousDeviceKey } = this.#file;
    return [deviceKey, nextDeviceKey, previousDeviceKey].filter((key) => key !== undefined);
  }

  #inUse(): string {
    return this.#candidates()[this.#tried] ?? this.#file.deviceKey;
  }

  #become(deviceKey: string): void {
    const { ageIdentity, sealRecipient } = this.#file;
    this.#save({ v: 1, ageIdentity, sealRecipient, deviceKey, previousDeviceKey: this.#file.deviceKey });
    const pairing = loadPairing(this.#home);
    if (pairing) savePairing(this.#home, { ...pairing, fingerprint: fingerprintOf(publicKeyOf(deviceKey)) });
  }

  #save(file: IdentityFile): void {
    writeJsonFile(this.#home.identityFile, file);
    this.#file = file;
  }
}
