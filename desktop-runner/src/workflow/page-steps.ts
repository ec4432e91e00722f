import type { StepOf } from "@deskhand/shared/schemas/recording-steps";
import type { CDPSession } from "playwright-core";
import { onElement } from "./pointer-steps.ts";
import { navigationFailure, StepFailure } from "./step-failure.ts";
import { type NetworkWay, remaining, type StepScope } from "./step-scope.ts";

const maxSide = 10_000;

export async function navigate(step: StepOf<"navigate">, scope: StepScope): Promise<void> {
  const refused = scope.way?.refuse(step.url);
  if (refused) throw refused;
  try {
    await scope.frame.goto(step.url, { timeout: remaining(scope) });
  } catch (error) {
    throw openingFailure(error, step.url, scope.way, scope.timeoutMs);
  }
}

/** Why an address could not be opened, with what the way out knows of it. */
export function openingFailure(error: unknown, url: string, way: NetworkWay | undefined, timeoutMs: number): StepFailure {
  const known = way?.afterFailure(url);
  return known?.refusal ?? navigationFailure(error, timeoutMs, known);
}

export async function setViewport(step: StepOf<"setViewport">, scope: StepScope): Promise<void> {
  const { width, height } = step;
  const fits = (side: number) => Number.isInteger(side) && side >= 1 && side <= maxSide;
  if (!fits(width) || !fits(height)) throw new StepFailure("STEP_INVALID", { reason: `a window's side is 1 to ${maxSide} pixels` });
  const { device } = scope;
  const { screen = { width, height } } = device;
  const size = { width: Math.min(width, screen.width), height: Math.min(height, screen.height) };
  const current = scope.page.viewportSize();
  if (current?.width !== size.width || current.height !== size.height) await scope.page.setViewportSize(size);
  // the profile's device is what it is, whatever the recording was made on
  if (device.screen) return;
  if (
    (step.deviceScaleFactor || 1) === device.deviceScaleFactor &&
    step.isMobile === device.isMobile &&
    step.hasTouch === device.hasTouch
  ) {
    return;
  }
  const session = await sessionOf(scope);
  const angle = step.isLandscape ? 90 : 0;
  await session.send("Emulation.setDeviceMetricsOverride", {
    width,
    height,
    deviceScaleFactor: step.deviceScaleFactor,
    mobile: step.isMobile,
    screenOrientation: { type: step.isLandscape ? "landscapePrimary" : "portraitPrimary", angle },
  });
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: step.hasTouch });
}

/** Speeds in bytes a second, latency in ms; no speed in either direction means offline, as in Chrome's Recorder. */
export async function emulateNetwork(step: StepOf<"emulateNetworkConditions">, scope: StepScope): Promise<void> {
  const session = await sessionOf(scope);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: step.download === 0 && step.upload === 0,
    latency: step.latency,
    downloadThroughput: step.download,
    uploadThroughput: step.upload,
  });
}

export async function scroll(step: StepOf<"scroll">, scope: StepScope): Promise<void> {
  const to = { x: step.x ?? 0, y: step.y ?? 0 };
  if (!step.selectors) {
    await scope.frame.evaluate(({ x, y }) => window.scroll({ left: x, top: y, behavior: "instant" }), to);
    return;
  }
  await onElement(scope, step.selectors, (locator) =>
    locator.evaluate(
      (element, { x, y }) => {
        element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
        element.scrollTo({ left: x, top: y, behavior: "instant" });
      },
      to,
      { timeout: remaining(scope) },
    ),
  );
}

/** An override holds only as long as the session that made it, so each page keeps one until it closes. */
const sessions = new WeakMap<object, Promise<CDPSession>>();

function sessionOf(scope: StepScope): Promise<CDPSession> {
  let session = sessions.get(scope.page);
  if (!session) {
    session = scope.context.newCDPSession(scope.page);
    sessions.set(scope.page, session);
  }
  return session;
}
