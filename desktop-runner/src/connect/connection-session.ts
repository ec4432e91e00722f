import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describeProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { BrowserContext } from "playwright-core";
import { identityFlags } from "../browser/apply-identity.ts";
import { extensionsOf } from "../browser/extensions.ts";
import { findBrowser, findFolderBrowser } from "../browser/find-browser.ts";
import { IdentityLayer } from "../browser/identity-transport.ts";
import { lockProfile } from "../browser/profile-store.ts";
import { takeUserData, type UserDataFolder } from "../browser/user-data-folder.ts";
import { Gate } from "../policy/gate.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import { proxyFailureCodes } from "../policy/upstream/proxy-failure.ts";
import { takeWay } from "../proxies/take-way.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { versionOfProgram } from "./browser-program.ts";
import { ClientBridge, type Transport } from "./client-bridge.ts";
import { Endpoint } from "./endpoint.ts";
import { stateKeeper, visitBy } from "./kept-state.ts";
import type { ConnectEnd, ConnectOrder, Ending, FromConnection } from "./messages.ts";
import { type OwnBrowser, startOwnBrowser } from "./own-browser.ts";
import { VisitedOrigins } from "./visited-origins.ts";

/** How often what a client has done is saved while it is connected, milliseconds. */
const saveEveryMs = 15_000;

/** How long a page of before may keep others waiting, milliseconds; it is loaded further all the same. */
const openMs = 10_000;

/** What has gone over its proxy is told so often, milliseconds. */
const countEveryMs = 30_000;

export type ConnectionSession = {
  setPolicy(policy: NetworkPolicy): void;
  close(): void;
  /** Settles when the browser is gone, the state saved and the profile free; never rejects. */
  done: Promise<Ending>;
};

type Tell = (message: FromConnection) => void;
type Outside = { tell: Tell; asked: Promise<ConnectEnd>; ask(why: ConnectEnd): void; onGate(gate: Gate): void };

/** Holds one profile in a browser of its own for clients that connect to it, until it is closed or nobody has used it for long. */
export function openConnection(order: ConnectOrder, tell: Tell): ConnectionSession {
  let policy = order.policy;
  let gate: Gate | undefined;
  const { promise: asked, resolve: ask } = Promise.withResolvers<ConnectEnd>();
  const onGate = (opened: Gate) => {
    gate = opened;
    gate.setPolicy(policy);
  };
  const done = hold(order, { tell, asked, ask, onGate }).then((code) => ({ code }), endOf);
  return {
    setPolicy: (next) => {
      policy = next;
      gate?.setPolicy(next);
    },
    close: () => ask("CLOSED"),
    done,
  };
}

async function hold(order: ConnectOrder, outside: Outside): Promise<ConnectEnd> {
  const { profileDir, settings } = order;
  const isShared = settings.engine === "shared";
  const extensions = isShared ? [] : extensionsOf(profileDir);
  const executablePath = isShared ? findBrowser()?.path : findFolderBrowser({ window: false, extensions: extensions.length > 0 });
  if (!executablePath) return "BROWSER_MISSING";
  await using closing = new AsyncDisposableStack();
  const lock = await lockProfile(profileDir);
  if (!lock) return "PROFILE_BUSY";
  closing.defer(() => lock.release());
  const gate = await Gate.open();
  closing.defer(() => gate.close());
  gate.onRefusal = (reason) => outside.tell({ type: "refused", reason, at: Date.now() });
  outside.onGate(gate);
  const over = new AbortController();
  closing.defer(() => over.abort());
  // the profile's proxy, before anything of the profile can leave by another address
  const leave = await takeWay({
    candidates: order.proxies,
    settings,
    gate,
    signal: over.signal,
    tell: ({ kind, ...news }) => {
      if ("mismatch" in news) outside.tell({ type: "proxy-exit", mismatch: news.mismatch });
      else if (kind === "proxy-failed") outside.tell({ type: kind, proxyId: news.proxyId });
      else if ("sent" in news) outside.tell({ type: "proxy-used", ...news });
    },
    warn: (message) => outside.tell({ type: "warning", message }),
  });
  closing.defer(leave);
  const counting = setInterval(leave, countEveryMs);
  closing.defer(() => clearInterval(counting));
  const folder = isShared ? undefined : await takeUserData(profileDir);
  const userData = folder?.path ?? (await mkdtemp(path.join(os.tmpdir(), "deskhand-connect-")));
  if (!folder) closing.defer(() => rm(userData, { recursive: true, force: true, maxRetries: 3 }));
  const { identity } = settings;
  const version = identity ? await versionOfProgram(executablePath) : "";
  const browser = startOwnBrowser({
    executablePath,
    userData,
    proxy: gate.address,
    extensions,
    args: identity ? identityFlags(identity, version) : [],
    env: identity ? { TZ: identity.timeZone } : {},
    onGone: () => outside.ask("BROWSER_CRASHED"),
  });
  closing.defer(async () => {
    if (await browser.end()) await folder?.leave();
  });
  return await serve(order, { ...browser, folder, version }, outside, closing);
}

type Started = OwnBrowser & { folder: UserDataFolder | undefined /** Of the program; empty without an identity. */; version: string };

async function serve(order: ConnectOrder, { pipe, folder, version }: Started, outside: Outside, closing: AsyncDisposableStack) {
  const { profileDir, settings, idleMs, port } = order;
  const { tell, asked, ask } = outside;
  const transport: Transport = { send: (message) => pipe.send(message), onmessage: () => {} };
  const idle = setTimeout(ask, idleMs, "IDLE");
  closing.defer(() => clearTimeout(idle));
  const through = { pipe, transport: { send: (message: Parameters<Transport["send"]>[0]) => transport.send(message) } };
  // we speak with it in the same way as clients, when none is there, at an address of our own
  const own = new ClientBridge({ ...through, onUse: () => {}, onCloseAsked: () => {} });
  const bridge = new ClientBridge({ ...through, onUse: () => idle.refresh(), onCloseAsked: () => ask("CLOSED") });
  const visited = new VisitedOrigins();
  transport.onmessage = (message) => {
    visited.see(message);
    own.fromBrowser(message);
    bridge.fromBrowser(message);
  };
  if (settings.identity) IdentityLayer.over(transport, version, settings.identity);
  pipe.onMessage = (message) => transport.onmessage(message);
  if (settings.identity?.geolocation) await pipe.request("Browser.grantPermissions", { permissions: ["geolocation"] });
  await pipe.request("Target.setDiscoverTargets", { discover: true });
  const { product } = await pipe.request("Browser.getVersion");

  const inside = await Endpoint.open({ port: 0, version: async () => ({}), serve: (client) => own.serve(client) });
  closing.defer(() => inside.close());
  const visit = visitBy(inside.address.ws);
  const warn = (message: string) => tell({ type: "warning", message });
  const keeper = stateKeeper({
    ...{ profileDir, folder, pipe, visit },
    onRestored: () => {
      tell({ type: "profile-flags", flags: ["state-restored"] });
      warn("The profile's newest state could not be read; the one saved before it is used. Check that it is still signed in.");
    },
    onUnsaved: (flags) => {
      tell({ type: "profile-flags", flags });
      // its own folder keeps them
      if (settings.engine === "dedicated") return;
      const kinds = flags.map(describeProfileFlag).join("; ");
      warn(`This profile wants the dedicated engine: its saved state cannot hold what a site keeps here (${kinds}).`);
    },
  });
  const told = async (saving: Promise<number | undefined>) => {
    const bytes = await saving;
    if (bytes !== undefined) tell({ type: "saved", bytes, at: Date.now() });
  };
  const save = () => told(keeper.save(visited.all));
  const origins = await keeper.restore();
  if (!origins) return "PROFILE_STATE_CORRUPT";
  for (const origin of origins) visited.add(origin);
  if (order.urls.length > 0) await visit((context) => openPages(context, order.urls));
  let saving: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    saving = saving.then(() => told(keeper.saveCookies())).catch(() => {});
  }, saveEveryMs);
  closing.defer(() => clearInterval(timer));

  let ending = false;
  const endpoint = await Endpoint.open({
    port,
    version: async () => versionFacts(await pipe.request("Browser.getVersion")),
    serve: async (client) => {
      tell({ type: "client", connected: true });
      await bridge.serve(client).catch(() => client.terminate());
      tell({ type: "client", connected: false });
      idle.refresh();
      await saving;
      // what it leaves open stays open for the next client; what it did is kept now
      if (!ending) await save().catch(() => {});
    },
  });
  closing.defer(() => endpoint.close());
  tell({ type: "ready", browser: String(product), ...endpoint.address });

  const why = await asked;
  ending = true;
  clearInterval(timer);
  await endpoint.close();
  if (why !== "BROWSER_CRASHED") await save();
  return why;
}

/** By way of us, so that the sites meet the profile's device and not the browser's own; the pages stay. */
async function openPages(context: BrowserContext, urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit", timeout: openMs }).catch(() => {});
  }
}

/** As a browser tells it at its debugging port. */
function versionFacts({ product, protocolVersion, userAgent, jsVersion }: Record<string, unknown>): Record<string, unknown> {
  return { Browser: product, "Protocol-Version": protocolVersion, "User-Agent": userAgent, "V8-Version": jsVersion };
}

function endOf(error: unknown): Ending {
  const end = error instanceof StepFailure ? proxyEnds.find((one) => one === error.code) : undefined;
  if (end) return { code: end, reason: (error as StepFailure).params.reason };
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return { code: "RUNNER_DISK_FULL" };
  return { code: code === "EADDRINUSE" || code === "EACCES" ? "PORT_TAKEN" : "INTERNAL" };
}

const proxyEnds = [...proxyFailureCodes, "PROXY_MISMATCH", "POLICY_DENIED"] as const;
