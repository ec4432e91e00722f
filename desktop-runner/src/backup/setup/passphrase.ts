/** Characters. */
export const MIN_PASSPHRASE = 12;
