import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "./fixtures.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });
test.skip(process.platform !== "linux", "its product is looked after by way of /proc");

test("a recording of 50 MB is refused with its code, and the server goes on", async ({ product: { url, firstRun } }) => {
  const headers = { authorization: `Bearer ${firstRun.apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "Large", recording: "x".repeat(50_000_000) });
  const response = await fetch(`${url}/api/v1/workflows`, { method: "POST", headers, body });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "PAYLOAD_TOO_LARGE", message: "That is too large." });
  expect((await fetch(`${url}/api/v1/workflows`, { headers })).status).toBe(200);
});

test("wrong pairing codes from one address are refused 20 times, then it has to wait, and others need not", async ({
  product: { url },
}) => {
  const publicKey = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).toString("base64");
  const keys = { publicKey, sealRecipient: `age1${"q".repeat(58)}` };
  const pair = (code: string, address: string) =>
    fetch(`${url}/api/v1/runners/pair`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": address },
      body: JSON.stringify({ code, name: "Stranger", platform: "linux", arch: "x64", version: "0.1.0", ...keys }),
    });
  for (let attempt = 10; attempt < 30; attempt += 1) {
    const response = await pair(`AAAA-AA${attempt}`, "192.0.2.1");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "PAIRING_CODE_INVALID" });
  }
  const refused = await pair("AAAA-AAAA", "192.0.2.1");
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: "RATE_LIMITED", message: "That was too often." });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await pair("AAAA-AAAA", "192.0.2.2")).status).toBe(400);
});
