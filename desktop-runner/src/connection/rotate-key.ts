import { receipt } from "@deskhand/shared/protocol/commands";
import type { DeviceKeys } from "../identity/device-keys.ts";
import type { Link, LinkEvents } from "./link.ts";

/** How long the server may take to store a key, milliseconds. */
const answerMs = 15_000;

/** Agrees with the server on a new device key. */
export class KeyProposer {
  readonly #keys: DeviceKeys;
  readonly #runnerId: string;
  readonly #underWay = new WeakMap<Link, Promise<void>>();

  constructor(keys: DeviceKeys, runnerId: string) {
    this.#keys = keys;
    this.#runnerId = runnerId;
  }

  /**
   * Proposes a new key, or again the one that the server has not answered. Whoever asks while a proposal is under way on that connection
   * gets that one: a server that asks again and again does not have key after key made. Without an answer, the next connection proposes
   * it again.
   */
  propose(link: Link): Promise<void> {
    const underWay = this.#underWay.get(link) ?? this.#propose(link).finally(() => this.#underWay.delete(link));
    this.#underWay.set(link, underWay);
    return underWay;
  }

  async #propose(link: Link): Promise<void> {
    const proposal = this.#keys.propose(this.#runnerId);
    const answer = await link.request("key-rotation", proposal, receipt, answerMs);
    if (answer.ok) this.#keys.taken(proposal.publicKey);
  }
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
