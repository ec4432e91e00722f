import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StateCookie } from "./cookie.ts";
import type { ProfileStateData } from "./profile-state.ts";
import { readState } from "./read-state.ts";
import { writeStateAs } from "./write-state.ts";

const token = fc.stringMatching(/^[A-Za-z0-9!$&'*+.^_`|~-]{1,20}$/);
const value = fc.stringMatching(/^([!-:<-~]([ -:<-~]{0,30}[!-:<-~])?)?$/);
const host = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}(\.[a-z]{2,5}){1,3}$/).map((name) => name.replace(/-$/, "x"));
const cookie: fc.Arbitrary<StateCookie> = fc
  .record({
    name: token.filter((name) => !/^__(secure|host)-/i.test(name)),
    value,
    domain: fc.tuple(fc.constantFrom("", "."), host).map(([dot, name]) => dot + name),
    path: fc.stringMatching(/^\/[a-z0-9/._~-]{0,20}$/),
    expires: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 4_000_000_000 })),
    httpOnly: fc.boolean(),
    secure: fc.boolean(),
    sameSite: fc.constantFrom("Strict" as const, "Lax" as const, "None" as const),
    partitionKey: fc.option(
      host.map((name) => `https://${name}`),
      { nil: undefined },
    ),
  })
  .map(({ partitionKey, ...made }) => ({
    ...made,
    secure: made.secure || made.sameSite === "None",
    ...(partitionKey !== undefined && { partitionKey, _crHasCrossSiteAncestor: true }),
  }));
const keyOf = ({ name, domain, path, partitionKey }: StateCookie) => JSON.stringify([name, domain, path, partitionKey]);
const cookies = fc.uniqueArray(cookie, { minLength: 1, maxLength: 20, selector: keyOf });
const origins = fc.uniqueArray(
  fc.record({
    origin: host.map((name) => `https://${name}`),
    localStorage: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 5 }),
  }),
  { maxLength: 5, selector: ({ origin }) => origin },
);
const state: fc.Arbitrary<ProfileStateData> = fc.record({ cookies, origins });

const read = (text: string) => {
  const result = readState(text);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result;
};

describe("what is written is read again as it was", () => {
  test("a storage state, whole", () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(read(writeStateAs("storage-state", given))).toEqual({ ok: true, format: "storage-state", state: given });
      }),
    );
  });

  test("a JSON array, with all that cookies have", () => {
    fc.assert(
      fc.property(cookies, (given) => {
        const text = writeStateAs("cookies-json", { cookies: given, origins: [] });
        expect(read(text)).toEqual({ ok: true, format: "cookies-json", state: { cookies: given, origins: [] } });
      }),
    );
  });

  test("a cookies.txt, but for what it has no place for", () => {
    const plain = fc.uniqueArray(
      cookie.map(({ partitionKey: _, _crHasCrossSiteAncestor: __, ...rest }) => ({ ...rest, sameSite: "Lax" as const })),
      { minLength: 1, maxLength: 20, selector: keyOf },
    );
    fc.assert(
      fc.property(plain, (given) => {
        const text = writeStateAs("cookies-txt", { cookies: given, origins: [] });
        expect(read(text)).toEqual({ ok: true, format: "cookies-txt", state: { cookies: given, origins: [] } });
      }),
    );
  });

  test("and whatever else comes is read or refused, with at most 20 problems", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((text) => `[${text}]`),
          fc.json().map((text) => `{"cookies":${text}}`),
        ),
        (text) => {
          const result = readState(text);
          if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
          if (!result.ok) expect(result.problems.length).toBeLessThanOrEqual(20);
        },
      ),
      { numRuns: 500 },
    );
  });
});
