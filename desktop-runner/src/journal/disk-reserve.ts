import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";

const bytes = 1024 * 1024;
/** Room that must be left beside the reserve before it is taken, bytes. */
const spare = 8 * bytes;

/**
 * Room on the disk that only the journal gets: when the disk is full, the reserve is given up, so that a run which failed for that
 * reason can still be told to the server instead of looking as if it went on.
 */
export class DiskReserve {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes the reserve where there is none and the disk has room to spare. Never throws. */
  hold(): void {
    try {
      if (existsSync(this.#file)) return;
      const { bavail, bsize } = statfsSync(path.dirname(this.#file));
      // random: a disk that compresses would give zeros no room
      if (bavail * bsize > bytes + spare) writeFileSync(this.#file, randomBytes(bytes), { mode: 0o600 });
    } catch {
      rmSync(this.#file, { force: true });
    }
  }

  /** Gives the room back to the disk. @returns whether there was any */
  giveUp(): boolean {
    if (!existsSync(this.#file)) return false;
    rmSync(this.#file, { force: true });
    return true;
  }
}
