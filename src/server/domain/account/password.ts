import { hash, verify } from "@node-rs/argon2";

// OWASP's minimum for Argon2id: 19 MiB, two passes, one lane. The library's default variant is Argon2id.
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Argon2id in PHC format. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize("NFKC"), options);
}

let nobodysHash: Promise<string> | undefined;

/**
 * Does the password belong to the hash? Without a hash (no such account, or one without a password) it takes as long and is false,
 * so that the time of an answer does not tell which addresses have accounts.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword("nobody has this password");
  const matches = await verify(passwordHash ?? (await nobodysHash), password.normalize("NFKC"));
  return passwordHash !== null && matches;
}
