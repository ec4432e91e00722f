import { createHmac, generateKeyPairSync } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import { approvalText } from "@deskhand/shared/schemas/manifest";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { decideSigner, makeLink, readSigners, SignerError, takeWishes } from "./edit-signers.ts";
import { keyIdOf } from "./signers-file.ts";

let paired: PairedHome;
beforeEach(async () => {
  paired = await pairedHome("http://127.0.0.1:1");
});
afterEach(() => {
  vi.useRealTimers();
  paired.remove();
});

const newKey = () => generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).toString("base64");
const request = (publicKey: string, proof: string | null = null) =>
  ({ publicKey, kind: "browser", name: "Chrome", person: "Ada", proof }) as const;
const ask = (...requests: ReturnType<typeof request>[]) => takeWishes(paired.home, paired.runnerId, { requests, revoked: [] });
const prove = (secret: string, publicKey: string, runnerId = paired.runnerId) =>
  createHmac("sha256", Buffer.from(secret, "base64url")).update(approvalText(runnerId, publicKey)).digest("base64url");
const statusOf = (publicKey: string) => readSigners(paired.home).signers.find(({ keyId }) => keyId === keyIdOf(publicKey))?.status;

describe("what the server says", () => {
  test("only asks: nothing in it approves a key", () => {
    const key = newKey();
    ask(request(key));
    ask(request(key, "x".repeat(43)));
    expect(statusOf(key)).toBe("pending");
    expect(statSync(paired.home.signersFile).mode & 0o777).toBe(0o600);
  });

  test("can take an approved key away, and never bring it back", () => {
    const key = newKey();
    ask(request(key));
    decideSigner(paired.home, keyIdOf(key), "approved");
    takeWishes(paired.home, paired.runnerId, { requests: [request(key)], revoked: [keyIdOf(key)] });
    expect(statusOf(key)).toBe("revoked");
    ask(request(key, prove(makeLink(paired.home), key)));
    expect(statusOf(key)).toBe("revoked");
  });

  test("does not fill the list: what was turned away stays so, and asking is bounded", () => {
    const key = newKey();
    ask(request(key));
    decideSigner(paired.home, keyIdOf(key), "rejected");
    ask(request(key));
    expect(statusOf(key)).toBe("rejected");
    for (let round = 0; round < 3; round++) ask(...Array.from({ length: 50 }, () => request(newKey())));
    expect(readSigners(paired.home).signers.filter(({ status }) => status === "pending")).toHaveLength(100);
  });

  test("is shown without what would move a terminal's cursor", () => {
    const key = newKey();
    takeWishes(paired.home, paired.runnerId, { requests: [{ ...request(key), name: "\u001b[2JChrome\u202e" }], revoked: [] });
    expect(readSigners(paired.home).signers[0]?.name).toBe("[2JChrome");
  });
});

describe("the link that the device prints", () => {
  test("approves the key of whoever read it, once", () => {
    const [key, next] = [newKey(), newKey()];
    const secret = makeLink(paired.home);
    ask(request(key, prove(secret, key)));
    expect(statusOf(key)).toBe("approved");
    ask(request(next, prove(secret, next)));
    expect(statusOf(next)).toBe("pending");
  });

  test("approves no other key than the one it was used for, and none of another runner", () => {
    const [key, swapped] = [newKey(), newKey()];
    const secret = makeLink(paired.home);
    ask(request(swapped, prove(secret, key)));
    ask(request(key, prove(secret, key, "00000000-0000-4000-8000-000000000000")));
    expect([statusOf(swapped), statusOf(key)]).toEqual(["pending", "pending"]);
  });

  test("approves a key that asked before, and nothing after a day", () => {
    const [key, late] = [newKey(), newKey()];
    ask(request(key));
    ask(request(key, prove(makeLink(paired.home), key)));
    expect(statusOf(key)).toBe("approved");
    const secret = makeLink(paired.home);
    vi.useFakeTimers({ now: Date.now() + 24 * 60 * 60_000 + 1, toFake: ["Date"] });
    ask(request(late, prove(secret, late)));
    expect(statusOf(late)).toBe("pending");
  });
});

describe("what a person decides on the device", () => {
  test("is meant by the beginning of the fingerprint, as it is printed, when that is clear", () => {
    const key = newKey();
    ask(request(key));
    const start = keyIdOf(key).slice(0, 8).toUpperCase();
    expect(decideSigner(paired.home, `${start.slice(0, 4)}-${start.slice(4)}`, "approved")).toMatchObject({ status: "approved" });
    for (const wrong of ["", "abc", "0000000000000000"]) expect(() => decideSigner(paired.home, wrong, "approved")).toThrow(SignerError);
  });

  test("a file that is damaged trusts nobody and is not written over", () => {
    writeFileSync(paired.home.signersFile, '{"version":1,"signers":[{"keyId":1}],"links":[]}');
    expect(() => ask(request(newKey()))).toThrow(SignerError);
    expect(() => makeLink(paired.home)).toThrow("damaged");
  });
});
