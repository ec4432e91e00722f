import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { BrowserContextOptions } from "playwright-core";
import { Gate } from "../policy/gate.ts";
import { registerSelectorEngine } from "../workflow/selector-engine.ts";
import { assumeIdentity, contextOptionsOf, identityFlags, prepareForIdentities } from "./apply-identity.ts";
import type { PreparedContext } from "./browser-shard.ts";
import type { ContextShape } from "./context-shape.ts";
import { meterDownloads } from "./download-meter.ts";
import { extensionsOf } from "./extensions.ts";
import { launchWithFolder } from "./launch-browser.ts";
import { networkProcess } from "./network-process.ts";
import { startScreencast } from "./screencast.ts";
import { takeUserData, type UserDataFolder } from "./user-data-folder.ts";

export type DedicatedOptions = {
  executablePath: string;
  tracesDir: string;
  downloadsPath: string;
  shape: ContextShape;
  /** The device that it shows itself as; null: as it is. */
  identity: Identity | null;
  /** In a window on this computer's screen, as large as the person makes it. */
  window: boolean;
  /** Records what happens in it. */
  trace: boolean;
};

export type DedicatedContext = PreparedContext & {
  folder: Omit<UserDataFolder, "leave">;
  /** Ends the browser in order. */
  close(): Promise<void>;
};

/**
 * Opens the profile's own browser on its own folder: what a saved state cannot hold stays there. The caller has the profile's lock.
 * Rejects when the browser cannot be started.
 */
export async function openDedicated(profileDir: string, options: DedicatedOptions): Promise<DedicatedContext> {
  const { shape, identity, window, trace, executablePath, tracesDir, downloadsPath } = options;
  const { width, height, ...device } = shape;
  await registerSelectorEngine();
  const folder = await takeUserData(profileDir);
  const gate = await Gate.open();
  try {
    const context = await launchWithFolder({
      executablePath,
      userDataDir: folder.path,
      proxy: gate.address,
      downloadsPath,
      tracesDir,
      window,
      extensions: extensionsOf(profileDir),
      args: identity ? identityFlags(identity, await versionOf(executablePath)) : [],
      context: {
        ...(window ? { viewport: null } : { viewport: { width, height }, ...device }),
        ...(identity && optionsOf(identity, window)),
      },
    });
    context.once("close", () => gate.close());
    if (trace) await context.tracing.start({ snapshots: true, screenshots: false, sources: false });
    const browser = context.browser();
    if (identity && browser) {
      prepareForIdentities(browser);
      await assumeIdentity(context, identity);
    }
    const [first] = context.pages();
    // the page that the browser opened by itself was there before it was told who it is
    const page = first && !identity ? first : await context.newPage();
    if (first && first !== page) await first.close();
    const before = browser && (await networkProcess(browser));
    const [cast, downloads] = await Promise.all([startScreencast(context, page), meterDownloads(context, page, downloadsPath)]);
    let isOver = false;
    context.once("close", () => {
      isOver = true;
    });
    return {
      context,
      page,
      cast,
      device,
      gate,
      downloads,
      isCutOff: async () => isOver || !browser || (await networkProcess(browser)) !== before,
      folder,
      close: async () => {
        const wasOver = isOver;
        await context.close();
        if (!wasOver) await folder.leave();
      },
    };
  } catch (error) {
    gate.close();
    throw error;
  }
}

/** A window has the size that the person gives it, on a screen of this computer. */
function optionsOf(identity: Identity, window: boolean): BrowserContextOptions {
  const { viewport, screen, deviceScaleFactor, isMobile, hasTouch, ...rest } = contextOptionsOf(identity);
  return window ? rest : { viewport, screen, deviceScaleFactor, isMobile, hasTouch, ...rest };
}

const versions = new Map<string, Promise<string>>();

/** What the program calls its version; asked once. */
function versionOf(executablePath: string): Promise<string> {
  let version = versions.get(executablePath);
  if (!version) {
    version = promisify(execFile)(executablePath, ["--version"], { timeout: 10_000 }).then(
      ({ stdout }) => /\d+(\.\d+)+/.exec(stdout)?.[0] ?? "",
    );
    versions.set(executablePath, version);
    version.catch(() => versions.delete(executablePath));
  }
  return version;
}
