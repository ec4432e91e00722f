import { checkIdentity, identityOs } from "@deskhand/shared/schemas/identity";
import { expect, it } from "vitest";
import { generateIdentity, type IdentityWish } from "./identity-generator";

const wish: IdentityWish = { seed: "one", os: "windows", languages: ["de-DE", "de"], timeZone: "Europe/Berlin" };

it("gives the same identity for the same seed, whatever was made between", async () => {
  const first = await generateIdentity(wish);
  await generateIdentity({ ...wish, seed: "between" });
  expect(await generateIdentity(wish)).toEqual(first);
  expect(first).toMatchObject({ seed: "one", os: "windows", languages: ["de-DE", "de"], timeZone: "Europe/Berlin", userAgent: null });
});

it.each(identityOs.options)("makes identities for %s that hold together and differ", async (os) => {
  const made = await Promise.all(Array.from({ length: 20 }, (_, index) => generateIdentity({ ...wish, os, seed: `seed ${index}` })));
  for (const identity of made) expect(checkIdentity(identity)).toMatchObject({ ok: true });
  if (os !== "android") expect(Math.min(...made.map(({ screen }) => screen.width))).toBeGreaterThanOrEqual(1280);
  const devices = new Set(made.map(({ seed: _, ...device }) => JSON.stringify(device)));
  expect(devices.size).toBeGreaterThan(5);
});

it("leaves the chance of everybody else alone", async () => {
  const own = Math.random;
  await generateIdentity(wish);
  expect(Math.random).toBe(own);
});
