import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { AppError } from "@/server/errors";

/**
 * Lets bytes through that have the size and SHA-256 given, and fails with ARTIFACT_GONE where they have not. The last piece is held
 * back until the hash is known, so what is not the whole file never looks like it.
 */
export function createVerifier({ bytes, sha256 }: { bytes: number; sha256: string }): Transform {
  const hash = createHash("sha256");
  let seen = 0;
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > bytes) return done(new AppError("ARTIFACT_GONE"));
      hash.update(chunk);
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      if (seen !== bytes || hash.digest("hex") !== sha256) return done(new AppError("ARTIFACT_GONE"));
      done(null, held);
    },
  });
}
