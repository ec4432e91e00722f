import { errorWords } from "@deskhand/shared/error-words";
import type { ConnectionStatus } from "./connection.ts";

/** Clocks that differ by less than this do no harm, milliseconds. */
const clockToleranceMs = 60_000;

/** What a change of the connection means, for people at this computer; undefined for what passes by itself. */
export function statusLine(status: ConnectionStatus): string | undefined {
  switch (status.state) {
    case "connecting":
      return undefined;
    case "connected": {
      const seconds = Math.round(status.clockDifferenceMs / 1000);
      const clock = Math.abs(status.clockDifferenceMs) > clockToleranceMs ? ` This computer's clock differs from it by ${seconds} s.` : "";
      return `Connected to the server.${clock}`;
    }
    case "waiting":
      return `Waiting until somebody accepts this runner on the dashboard. Its fingerprint: ${status.fingerprint}`;
    case "offline":
      return `Not connected (${status.reason}); trying again in ${(status.retryInMs / 1000).toFixed(1)} s. Runs under way go on.`;
    case "refused":
      return `The server refused this runner: ${errorWords[status.code].title}`;
    case "stopped":
      return undefined;
  }
}
