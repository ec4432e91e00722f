import * as z from "zod";
import { bound, exportFields, importFields, isBound, isSealedOnce, sealedOnce } from "../protocol/tasks.ts";
import { id } from "./common.ts";
import { signedManifest } from "./manifest.ts";

/** `signedManifest`: an `order` manifest over a `profile.import` of these fields. */
export const importProfileInput = z.object({ id, ...importFields, signedManifest: signedManifest.optional() }).refine(isBound, bound);
/** `signedManifest`: an `order` manifest over a `profile.export` of these fields. */
export const exportProfileInput = z
  .object({ id, ...exportFields, signedManifest: signedManifest.optional() })
  .refine(isSealedOnce, sealedOnce);
