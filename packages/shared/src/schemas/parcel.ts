import * as z from "zod";
import { id, inProject, instant } from "./common.ts";

/** `tokenHash`: SHA-256 in hex of the 43 characters by which the parcel is put there and taken; whoever makes it keeps them. */
export const createParcelInput = inProject.extend({ tokenHash: z.string().regex(/^[0-9a-f]{64}$/) });
export const parcelView = z.object({ id, expiresAt: instant });
export type ParcelView = z.infer<typeof parcelView>;
