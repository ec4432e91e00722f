/** True for the errors that mean "no room": the disk is full, or the quota is; of a file or of SQLite. */
export function isDiskFull(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  return errcode === 13 || code === "ENOSPC" || code === "EDQUOT";
}
