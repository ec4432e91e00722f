import { receipt } from "@deskhand/shared/protocol/commands";
import type { DeviceKeys } from "../identity/device-keys.ts";
import type { Link, LinkEvents } from "./link.ts";

/** How long the server may take to store a key, milliseconds. */
const answerMs = 15_000;

/**
 * Proposes a new device key to the server, or again the one that it has not answered. Without an answer, the next connection proposes
 * it again.
 */
export async function proposeKey(link: Link, keys: DeviceKeys, runnerId: string): Promise<void> {
  const proposal = keys.propose(runnerId);
  const answer = await link.request("key-rotation", proposal, receipt, answerMs);
  if (answer.ok) keys.taken(proposal.publicKey);
}

/** A key that the server does not know is no reason to stop while there is another to try. */
export function tryKeys(keys: DeviceKeys, events: LinkEvents): LinkEvents {
  return {
    ...events,
    welcome(message) {
      try {
        keys.welcomed();
      } catch {
        // the disk is full: the same key is found again next time
      }
      events.welcome(message);
    },
    refused: (message) => events.refused(message.code === "SIGNATURE_INVALID" && keys.refused() ? { ...message, final: false } : message),
  };
}
