const units = ["B", "KB", "MB", "GB", "TB"] as const;

/** A size as people read it, in powers of 1,000: 532 B, 1.4 KB, 23 MB. */
export function bytesWords(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
