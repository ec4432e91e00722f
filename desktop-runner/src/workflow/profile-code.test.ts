import { expect, it } from "vitest";
import { codeOf } from "./profile-code.ts";

// the test vectors of RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

it.each([
  [59, "94287082"],
  [1111111109, "07081804"],
  [1234567890, "89005924"],
  [20000000000, "65353130"],
])("makes the codes of RFC 6238 at %s s", (seconds, code) => {
  expect(codeOf(`otpauth://totp/Shop:me?secret=${secret}&digits=8&algorithm=SHA1`, seconds * 1000)).toBe(code);
  expect(codeOf(` ${secret.toLowerCase().replaceAll(/(.{4})/g, "$1 ")}`, seconds * 1000)).toBe(code.slice(2));
});

it.each(["", "not base 32!", "otpauth://hotp/Shop:me?secret=GEZDGNBV&counter=1", "otpauth://totp/"])(
  "refuses %j without repeating it",
  (text) => {
    expect(() => codeOf(text, 0)).toThrow(expect.objectContaining({ code: "CODE_SECRET_INVALID" }));
  },
);
