import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import type { Refused, Waiting, Welcome } from "@deskhand/shared/protocol/handshake";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DeviceKeys } from "../identity/device-keys.ts";
import { runnerHome } from "../identity/home.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { type Link, openLink } from "./link.ts";
import { FakeRelay } from "./testing/fake-relay.ts";
import { type PairedHome, pairedHome } from "./testing/paired-home.ts";

let relay: FakeRelay;
let paired: PairedHome;
const links: Link[] = [];

beforeEach(async () => {
  relay = new FakeRelay();
  await relay.listen();
  paired = await pairedHome(relay.url);
  relay.publicKey = paired.identity.publicKey;
});

afterEach(async () => {
  for (const link of links.splice(0)) link.close();
  await relay.close();
  paired.remove();
});

type End = { kind: "welcome" | "waiting" | "refused" | "closed"; message: Welcome | Waiting | Refused | string };

/** Opens a connection and resolves to the first thing that it tells. */
function first(folder = paired.home.folder): Promise<End> {
  const home = runnerHome({ DESKHAND_HOME: folder });
  const pairing = loadPairing(home);
  if (!pairing) throw new Error("not paired");
  return new Promise((resolve) => {
    const credentials = {
      home,
      keys: new DeviceKeys(home, paired.identity),
      pairing,
      instanceId: randomUUID(),
      version: "0",
      browser: () => null,
    };
    links.push(
      openLink(credentials, {
        welcome: (message) => resolve({ kind: "welcome", message }),
        waiting: (message) => resolve({ kind: "waiting", message }),
        refused: (message) => resolve({ kind: "refused", message }),
        drain() {},
        closed: (message) => resolve({ kind: "closed", message }),
      }),
    );
  });
}

it("proves the device key and goes from join to join", async () => {
  for (let time = 0; time < 3; time++) expect(await first()).toMatchObject({ kind: "welcome" });
  const [one, two, three] = relay.proofs;
  expect(one?.joinId).toBeNull();
  expect(two?.joinId).toBe(one?.nextJoinId);
  expect(three?.joinId).toBe(two?.nextJoinId);
  expect(new Set(relay.proofs.map(({ nextJoinId }) => nextJoinId)).size).toBe(3);
});

it("repeats its proposal when the welcome was lost, as often as it takes", async () => {
  relay.handshake = "lost-welcome";
  for (let time = 0; time < 2; time++) expect(await first()).toMatchObject({ kind: "closed" });
  relay.handshake = "welcome";
  await first();
  expect(new Set(relay.proofs.map(({ joinId, nextJoinId }) => `${joinId} ${nextJoinId}`)).size).toBe(1);
});

it("shows by its join that a copy of the folder has fallen behind", async () => {
  await first();
  const copy = `${paired.home.folder}-copy`;
  cpSync(paired.home.folder, copy, { recursive: true });
  await first();
  await first(copy);
  const [, original, copied] = relay.proofs;
  expect(copied?.joinId).toBe(original?.joinId);
  expect(copied?.nextJoinId).not.toBe(original?.nextJoinId);
  rmSync(copy, { recursive: true });
});

it("tells why it was refused, and whether for good", async () => {
  relay.handshake = { refuse: "RUNNER_REVOKED", final: true };
  expect(await first()).toEqual({ kind: "refused", message: { v: 1, code: "RUNNER_REVOKED", final: true } });
});

it("waits for acceptance with the fingerprint that the server shows", async () => {
  relay.handshake = "pending";
  expect(await first()).toMatchObject({ kind: "waiting", message: { fingerprint: "ABCD" } });
});

it("ends when nobody answers at the address", async () => {
  await relay.close();
  expect(await first()).toMatchObject({ kind: "closed" });
});

it("does not prove what it could not write down", async () => {
  mkdirSync(paired.home.joinFile);
  expect(await first()).toMatchObject({ kind: "closed", message: expect.stringContaining("join") });
  expect(relay.proofs).toEqual([]);
});

it("ends on a welcome that cannot be read", async () => {
  relay.handshake = "pending";
  const closed = vi.fn();
  const pairing = loadPairing(paired.home);
  if (!pairing) throw new Error("not paired");
  const credentials = {
    home: paired.home,
    keys: new DeviceKeys(paired.home, paired.identity),
    pairing,
    instanceId: randomUUID(),
    version: "0",
    browser: () => null,
  };
  const waiting = Promise.withResolvers<void>();
  links.push(openLink(credentials, { welcome() {}, waiting: () => waiting.resolve(), refused() {}, drain() {}, closed }));
  await waiting.promise;
  relay.sayToAll("welcome", { v: 1, nonsense: true });
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
});
