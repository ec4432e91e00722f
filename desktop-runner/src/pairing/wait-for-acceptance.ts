import { randomUUID } from "node:crypto";
import type { ErrorCode } from "@deskhand/shared/error-codes";
import { keepConnected } from "../connection/connection.ts";
import { openLink } from "../connection/link.ts";
import { tryKeys } from "../connection/rotate-key.ts";
import { DeviceKeys } from "../identity/device-keys.ts";
import type { RunnerHome } from "../identity/home.ts";
import { loadIdentity } from "../identity/identity.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { runnerVersion } from "../version.ts";

/**
 * Stays connected until a person has accepted the runner of this folder, or the server refuses it for good. Takes no commands: one
 * that comes in this moment is not answered, and so delivered again to the runner when it is started.
 */
export async function waitForAcceptance(home: RunnerHome): Promise<{ accepted: true } | { accepted: false; code: ErrorCode }> {
  const pairing = loadPairing(home);
  const identity = loadIdentity(home);
  if (!pairing || !identity) return { accepted: false, code: "RUNNER_UNKNOWN" };
  const keys = new DeviceKeys(home, identity);
  const credentials = { home, keys, pairing, instanceId: randomUUID(), version: runnerVersion, browser: () => null };
  return new Promise((resolve) => {
    const connection = keepConnected({
      open: (events) => openLink(credentials, tryKeys(keys, events)),
      holding: () => [],
      onConnected() {
        // after this call the connection is set up and can be stopped
        setImmediate(() => {
          connection.stop();
          resolve({ accepted: true });
        });
      },
      onDisconnected() {},
      onCancel() {},
      onStatus(status) {
        if (status.state === "refused") resolve({ accepted: false, code: status.code });
      },
    });
  });
}
