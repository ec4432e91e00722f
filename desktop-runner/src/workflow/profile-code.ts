import { Secret, TOTP, URI } from "otpauth";
import { StepFailure } from "./step-failure.ts";

/**
 * The code of this moment (RFC 6238), from a base32 secret or an otpauth address. @throws StepFailure CODE_SECRET_INVALID
 */
export function codeOf(secret: string, now: number): string {
  return read(secret).generate({ timestamp: now });
}

function read(text: string): TOTP {
  const secret = text.trim();
  try {
    if (secret === "") throw new RangeError("empty");
    if (!secret.startsWith("otpauth:")) return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(/[\s-]/g, "")) });
    const parsed = URI.parse(secret);
    if (parsed instanceof TOTP) return parsed;
  } catch {
    // told below, without the secret
  }
  throw new StepFailure("CODE_SECRET_INVALID");
}
