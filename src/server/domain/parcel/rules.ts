/** How long a parcel is kept, in milliseconds. */
export const PARCEL_KEPT_MS = 60 * 60_000;

/** Parcels of a project at once. */
export const MAX_PARCELS = 50;

/** Bytes of one piece as it is stored. */
export const CHUNK_BYTES = 1024 * 1024;
