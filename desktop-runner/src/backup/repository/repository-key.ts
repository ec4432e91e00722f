import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { ObjectFolder } from "../storage/storage.ts";

/** The secret of a repository, 256 random bits. */
export type RepositoryKey = Buffer;

export function newRepositoryKey(): RepositoryKey {
  return randomBytes(32);
}

/** What the repository's key is used for; one purpose, one key. */
export class RepositoryKeys {
  readonly #seal: Buffer;
  readonly #names: Buffer;
  readonly #chunks: Buffer;
  /** For the places where content is cut, so that sizes of chunks do not tell which public file it was. */
  readonly cutting: Buffer;

  constructor(key: RepositoryKey) {
    const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `deskhand-backup/1 ${purpose}`, 32));
    this.#seal = derive("seal");
    this.#names = derive("names");
    this.#chunks = derive("chunks");
    this.cutting = derive("cutting");
  }

  /** The key of one object, which is used for nothing else: its salt is 256 random bits. */
  sealing(salt: Buffer, folder: ObjectFolder): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#seal, salt, folder, 32));
  }

  /** An object's name: a keyed hash over its sealed bytes. Who has no key can neither make nor confirm one. */
  name(folder: ObjectFolder, sealed: Buffer): string {
    return createHmac("sha256", this.#names).update(folder).update("\0").update(sealed).digest("hex");
  }

  /** The id of a piece of content; the same content has the same id in this repository and in no other. */
  chunkId(content: Uint8Array): string {
    return createHmac("sha256", this.#chunks).update(content).digest("hex");
  }
}
