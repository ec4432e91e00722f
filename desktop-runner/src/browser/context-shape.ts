import type { Identity } from "@deskhand/shared/schemas/identity";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { DeviceTraits } from "../workflow/step-scope.ts";

/** What a context is opened with; everything else can be changed later. */
export type ContextShape = DeviceTraits & { width: number; height: number /** Who it is from its first page on. */; identity?: Identity };

export const defaultShape: ContextShape = { width: 1280, height: 720, deviceScaleFactor: 1, isMobile: false, hasTouch: false };

/**
 * The shape that a profile and a recording ask for before anything else; the recording by its first step, when that is a setViewport. Two
 * runs whose settings and first two steps are the same have the same shape. A profile with an identity has that device's.
 */
export function shapeOf(recording: Pick<Recording, "steps">, { identity }: Pick<ProfileSettings, "identity">): ContextShape {
  if (identity) {
    const { viewport, deviceScaleFactor, isMobile, hasTouch } = identity;
    return { ...viewport, deviceScaleFactor, isMobile, hasTouch, screen: identity.screen, identity };
  }
  const step = recording.steps.find((candidate) => candidate.type !== "emulateNetworkConditions");
  if (step?.type !== "setViewport" || (step.target && step.target !== "main")) return defaultShape;
  const sensible = (side: number) => Number.isInteger(side) && side >= 1 && side <= 10_000;
  if (!sensible(step.width) || !sensible(step.height)) return defaultShape;
  const deviceScaleFactor = step.deviceScaleFactor > 0 && step.deviceScaleFactor <= 5 ? step.deviceScaleFactor : 1;
  return { width: step.width, height: step.height, deviceScaleFactor, isMobile: step.isMobile, hasTouch: step.hasTouch };
}
