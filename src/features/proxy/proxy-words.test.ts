import { expect, test } from "vitest";
import { checkWords, unawareOf } from "./proxy-words.ts";

test("a proxy that the policy refuses says which hosts are to be allowed", () => {
  const lastCheck = { exit: null, latencyMs: null, failureCode: "POLICY_DENIED", at: "2026-01-01T00:00:00.000Z" };
  const { label, detail } = checkWords({ host: "proxy.example", lastCheck });
  expect(label).toBe("Not allowed");
  expect(detail).toContain("“deskhand policy allow proxy.example”");
  expect(detail).toContain("“deskhand policy allow ipinfo.io”");
});

test("a proxy says on which runners it cannot be used", () => {
  const runners = [
    { id: "knows", signaturesRequired: true },
    { id: "later", signaturesRequired: false },
    { id: "strict", signaturesRequired: true },
  ];
  const names = (secrets: { hasPassword: boolean; hasChangeUrl: boolean }) =>
    unawareOf({ knownTo: ["knows"], ...secrets }, runners).map(({ id }) => id);
  expect(names({ hasPassword: true, hasChangeUrl: false })).toEqual(["later", "strict"]);
  // whoever cannot ask for another exit leaves by the wrong one
  expect(names({ hasPassword: false, hasChangeUrl: true })).toEqual(["later", "strict"]);
  expect(names({ hasPassword: false, hasChangeUrl: false })).toEqual(["strict"]);
});
