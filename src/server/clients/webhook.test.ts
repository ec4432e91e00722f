import { afterAll, beforeAll, expect, test } from "vitest";
import { startReceiver } from "@/server/testing/webhook-receiver";
import { isReachable, postWebhook } from "./webhook.ts";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const post = (url: string, options: Partial<Parameters<typeof postWebhook>[0]> = {}) =>
  postWebhook({ url, headers: { "content-type": "application/json" }, body: '{"a":1}', allowPrivate: true, ...options });
const named = (path = "/hook") => `http://hooks.example:${receiver.port}${path}`;
const leadingTo = (...addresses: string[]) => ({
  resolve: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
});

test("a body arrives as it was given, and the beginning of the answer is kept", async () => {
  receiver.answers({ status: 202, body: `line\n\u0000${"x".repeat(1_000)}` });
  const answer = await post(receiver.url);
  expect(answer).toMatchObject({ status: 202, problem: null, retryAfterMs: null });
  expect(answer.answer).toHaveLength(256);
  expect(answer.answer).toMatch(/^line x+$/);
  expect(receiver.received.at(-1)).toMatchObject({ body: '{"a":1}', headers: { "content-type": "application/json" } });
});

test("a private address is refused where the installation does not allow it, also behind a name, and nothing is sent", async () => {
  const before = receiver.received.length;
  const strict = { allowPrivate: false };
  for (const url of [
    receiver.url,
    `http://localhost:${receiver.port}/`,
    `http://0x7f.1:${receiver.port}/`,
    `http://[::ffff:127.0.0.1]:${receiver.port}/`,
  ]) {
    expect(await post(url, strict), url).toMatchObject({ status: null, problem: "address" });
  }
  expect(await post(named(), { ...strict, ...leadingTo("127.0.0.1") })).toMatchObject({ problem: "address" });
  // one of several is enough
  expect(await post(named(), { ...strict, ...leadingTo("93.184.216.34", "127.0.0.1") })).toMatchObject({ problem: "address" });
  expect(receiver.received).toHaveLength(before);
});

test("a name is asked for once, and the connection goes to the address that was judged", async () => {
  receiver.answers({ status: 200 });
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
  };
  expect(await post(named(), { resolve })).toMatchObject({ status: 200 });
  expect(asked).toBe(1);
});

test("what clouds keep secrets at, and what is not one computer, stays refused even where private addresses are allowed", () => {
  const open = { secure: true, allowPrivate: true };
  for (const address of ["169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe", "nonsense"]) {
    expect(isReachable(address, open), address).toBe(false);
  }
  for (const address of ["127.0.0.1", "10.1.2.3", "::1", "fd00::1", "93.184.216.34"])
    expect(isReachable(address, open), address).toBe(true);
});

test("a public address is reached by https only", () => {
  expect(isReachable("93.184.216.34", { secure: false, allowPrivate: true })).toBe(false);
  expect(isReachable("93.184.216.34", { secure: true, allowPrivate: false })).toBe(true);
});

test("a redirect is not followed", async () => {
  receiver.answers({ status: 302, headers: { location: receiver.url } });
  const before = receiver.received.length;
  expect(await post(receiver.url)).toMatchObject({ status: 302, problem: "redirected" });
  expect(receiver.received).toHaveLength(before + 1);
});

test("a receiver that says nothing, breaks off, is not there or has no name is told apart", async () => {
  receiver.answers("hang");
  expect(await post(receiver.url, { timeoutMs: 200 })).toMatchObject({ status: null, problem: "timeout" });
  receiver.answers("cut");
  expect(await post(receiver.url)).toMatchObject({ status: null, problem: "refused" });
  expect(await post("http://127.0.0.1:9/")).toMatchObject({ status: null, problem: "refused" });
  const unknown = () => Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" }));
  expect(await post(named(), { resolve: unknown })).toMatchObject({ status: null, problem: "unresolved" });
  expect(await post(named(), { resolve: () => new Promise(() => {}), timeoutMs: 200 })).toMatchObject({ problem: "timeout" });
  expect(await post(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({ status: null, problem: "tls" });
});

test("an answer without end is read to its bound", async () => {
  receiver.answers({ status: 200, body: "y".repeat(1_000_000) });
  expect(await post(receiver.url)).toMatchObject({ status: 200, problem: null, answer: "y".repeat(256) });
});

test("a receiver that is busy says how long to wait, at most an hour is believed", async () => {
  receiver.answers({ status: 503, headers: { "retry-after": "120" } });
  expect(await post(receiver.url)).toMatchObject({ problem: "status", retryAfterMs: 120_000 });
  receiver.answers({ status: 429, headers: { "retry-after": "999999" } });
  expect(await post(receiver.url)).toMatchObject({ retryAfterMs: 3_600_000 });
  receiver.answers({ status: 500, headers: { "retry-after": "120" } });
  expect(await post(receiver.url)).toMatchObject({ retryAfterMs: null });
});
