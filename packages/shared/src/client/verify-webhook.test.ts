import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { signWebhook, verifyWebhook } from "./verify-webhook.ts";

const secret = `whsec_${btoa("a secret of twenty-four b")}`;
const body = '{"type":"x"}';

it("signs and verifies as the specification's own library does", async () => {
  const now = Date.now();
  const ours = await signWebhook(secret, "msg_1", body, now);
  expect(new Webhook(secret).verify(body, ours)).toEqual({ type: "x" });
  const theirs = new Webhook(secret).sign("msg_1", new Date(now), body);
  expect(ours["webhook-signature"]).toBe(theirs);
  const two = { ...ours, "webhook-signature": `v1,AAAA ${theirs}` };
  expect(await verifyWebhook(["whsec_AAAA", secret], new Headers(two), body, now)).toEqual({ id: "msg_1" });
});

it("trusts nothing that was changed, is old, or is signed by somebody else", async () => {
  const now = Date.now();
  const headers = await signWebhook(secret, "msg_1", body, now);
  const verify = (given: object, text = body, at = now) => verifyWebhook(secret, { ...headers, ...given }, text, at);
  expect(await verify({})).toEqual({ id: "msg_1" });
  for (const refused of [
    verify({}, `${body} `),
    verify({ "webhook-id": "msg_2" }),
    verify({ "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }),
    verify({}, body, now + 301_000),
    verify({}, body, now - 301_000),
    verify(await signWebhook("whsec_AAAA", "msg_1", body, now)),
    verify({ "webhook-signature": undefined }),
    verify({ "webhook-signature": "v1,%%% v2,AAAA" }),
  ]) {
    expect(await refused).toBeUndefined();
  }
});
