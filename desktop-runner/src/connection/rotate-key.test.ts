import type { KeyRotation } from "@deskhand/shared/protocol/key-rotation";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DeviceKeys } from "../identity/device-keys.ts";
import type { Link } from "./link.ts";
import { KeyProposer } from "./rotate-key.ts";
import { type PairedHome, pairedHome } from "./testing/paired-home.ts";

let paired: PairedHome;
let keys: DeviceKeys;
let proposer: KeyProposer;

beforeEach(async () => {
  paired = await pairedHome("http://127.0.0.1:1");
  keys = new DeviceKeys(paired.home, paired.identity);
  proposer = new KeyProposer(keys, paired.runnerId);
});
afterEach(() => paired.remove());

/** A connection whose server answers when the test says so. */
function fakeLink() {
  const asked: { message: KeyRotation; answer(answer: object): void; fail(error: Error): void }[] = [];
  const link = {
    request: (_: string, message: KeyRotation) =>
      new Promise((answer, fail) => {
        asked.push({ message, answer, fail });
      }),
  } as unknown as Link;
  return { link, asked };
}

it("has one proposal under way, however often the server asks", async () => {
  const { link, asked } = fakeLink();
  const before = keys.fingerprint;
  const hints = Array.from({ length: 50 }, () => proposer.propose(link));
  expect(asked).toHaveLength(1);
  asked[0]?.answer({ v: 1, ok: true });
  await Promise.all(hints);
  expect(keys.fingerprint).not.toBe(before);
  expect(keys.isProposing).toBe(false);
});

it("proposes again when the server asks after it took one", async () => {
  const { link, asked } = fakeLink();
  const first = proposer.propose(link);
  asked[0]?.answer({ v: 1, ok: true });
  await first;
  void proposer.propose(link);
  expect(asked).toHaveLength(2);
  expect(asked[1]?.message.publicKey).not.toBe(asked[0]?.message.publicKey);
});

it("proposes the same key again on the next connection, and after one that failed", async () => {
  const old = fakeLink();
  const next = fakeLink();
  const lost = proposer.propose(old.link);
  void proposer.propose(next.link);
  old.asked[0]?.fail(new Error("the connection is gone"));
  await expect(lost).rejects.toThrow("gone");
  void proposer.propose(old.link);
  const proposed = [...old.asked, ...next.asked].map(({ message }) => message.publicKey);
  expect(proposed).toHaveLength(3);
  expect(new Set(proposed).size).toBe(1);
});
