import pino, { type Logger as PinoLogger } from "pino";

export type Logger = PinoLogger;

/** Names whose values never reach a log line, wherever they stand in an object of up to two levels. */
const secretNames = [
  "password",
  "token",
  "code",
  "key",
  "apiKey",
  "secret",
  "cookie",
  "authorization",
  "inputs",
  "leaseToken",
  "signature",
];

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[hidden]" },
  });
}
