import { expect, it } from "vitest";
import { recordingOf } from "../testing/browser.ts";
import { createSecretMask } from "./secret-mask.ts";

const recording = recordingOf([], {
  inputs: {
    properties: { user: { type: "string" }, password: { type: "string", writeOnly: true }, pin: { type: "string", writeOnly: true } },
  },
});

it("hides a secret however it is written, and leaves other inputs alone", () => {
  const password = `p"ä ss&<1>`;
  const mask = createSecretMask(recording, { user: "ann", password });
  const spellings = [
    password,
    JSON.stringify({ password }),
    JSON.stringify(JSON.stringify(password)),
    `https://x/?p=${encodeURIComponent(password)}`,
    new URLSearchParams({ password }).toString(),
    Buffer.from(password).toString("base64"),
  ];
  for (const text of spellings) {
    expect(mask.apply(text)).toContain("•••");
    expect(mask.apply(text)).not.toMatch(/ss&<1>|ss%26|cCLDpCBzcyY8MT4/);
  }
  expect(mask.apply("ann")).toBe("ann");
});

it("does not make a text unreadable for the sake of a value of three characters", () => {
  const mask = createSecretMask(recording, { pin: "123" });
  expect([mask.needed, mask.apply("took 1234 ms")]).toEqual([false, "took 1234 ms"]);
});
