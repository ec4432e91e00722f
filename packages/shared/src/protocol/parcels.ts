import * as z from "zod";
import { id } from "../schemas/common.ts";

/**
 * A parcel is a sealed file on its way between a person and a runner, or two runners: the server holds its ciphertext for an hour at most and
 * can open none. Whoever has its token may put it there once (PUT), ask whether it is there (HEAD: 200 when it is whole, 204 before, 404 when
 * it is over), take it (GET) and remove it (DELETE), with `Authorization: Bearer`.
 */
export const PARCEL_PATH = "/relay/parcels/";
/** Bytes of the largest parcel. */
export const PARCEL_MAX_BYTES = 50 * 1024 * 1024;

/** Where a task finds its parcel, or puts it. */
export const parcelPlace = { parcelId: id, token: z.string().regex(/^[\w-]{43}$/) };
