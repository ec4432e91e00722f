import { toAppError } from "@/server/errors";
import type { Logger } from "@/server/logger";

const minuteMs = 60_000;
/** After the minute's end, so that a clock that is a little behind still names the minute that ended. */
const lateMs = 500;

/**
 * Calls `take` just after each full minute, one call at a time. A timer of each process and no job: what it keeps is this process's own.
 * @returns ends it
 */
export function startSampleTimer(take: () => Promise<void>, logger: Logger): () => void {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(tick, minuteMs - (Date.now() % minuteMs) + lateMs).unref();
  };
  const tick = () => {
    take()
      .catch((error: unknown) => logger.debug({ reason: toAppError(error).code, err: error }, "the figures of a minute could not be kept"))
      .finally(next);
  };
  next();
  return () => clearTimeout(timer);
}
