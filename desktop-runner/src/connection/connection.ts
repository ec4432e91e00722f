import type { ErrorCode } from "@deskhand/shared/error-codes";
import { heartbeatReply, receipt } from "@deskhand/shared/protocol/commands";
import type { Welcome } from "@deskhand/shared/protocol/handshake";
import type * as z from "zod";
import { retryDelayMs } from "./backoff.ts";
import type { Link, LinkEvents } from "./link.ts";

export type ConnectionStatus =
  | { state: "connecting" }
  | { state: "connected"; clockDifferenceMs: number }
  /** Paired, and a person has yet to accept this runner. */
  | { state: "waiting"; fingerprint: string }
  | { state: "offline"; reason: string; retryInMs: number }
  /** The server does not want this runner: nothing more is tried. */
  | { state: "refused"; code: ErrorCode }
  | { state: "stopped" };

export type ConnectionOptions = {
  open(events: LinkEvents): Link;
  /** What to extend with each heartbeat. */
  holding(): { commandId: string; leaseToken: string }[];
  /** A connection that may be used; the one before it, if any, is closed right after this returns. */
  onConnected(link: Link, welcome: Welcome): void;
  onDisconnected(): void;
  onCancel(commandIds: string[]): void;
  onStatus(status: ConnectionStatus): void;
  random?: () => number;
};

export type Connection = {
  /** Tells the server that this runner leaves on purpose, so that nobody is told that it has gone silent. Never throws. */
  sayGoodbye(): Promise<void>;
  stop(): void;
};

/** After so many heartbeats without an answer the connection counts as lost, though the socket may still look open. */
const missedHeartbeats = 2;
/** How long the server may take to hear the goodbye, milliseconds. */
const goodbyeMs = 500;

/**
 * Keeps the runner connected until it is stopped or refused for good. It never gives up otherwise; on `drain` the new connection
 * is opened before the old one is left.
 */
export function keepConnected(options: ConnectionOptions): Connection {
  let current: Link | undefined;
  let opening: Link | undefined;
  let retry: NodeJS.Timeout | undefined;
  let heartbeats: NodeJS.Timeout | undefined;
  let failures = 0;
  let stopped = false;

  function open() {
    retry = undefined;
    if (!current) options.onStatus({ state: "connecting" });
    const link: Link = options.open({
      welcome(welcome) {
        if (stopped || link === current) return;
        const before = current;
        current = link;
        opening = undefined;
        options.onConnected(link, welcome);
        before?.close();
        startHeartbeats(link, welcome);
        options.onStatus({ state: "connected", clockDifferenceMs: Date.now() - welcome.clock });
      },
      waiting({ fingerprint }) {
        if (!stopped && !current) options.onStatus({ state: "waiting", fingerprint });
      },
      refused({ code, final }) {
        if (!final || stopped) return;
        stop();
        options.onStatus({ state: "refused", code });
      },
      drain() {
        if (link === current && !opening && !retry) openLater();
      },
      closed(reason) {
        if (link === opening) opening = undefined;
        if (link === current) {
          current = undefined;
          clearTimeout(heartbeats);
          options.onDisconnected();
        }
        if (stopped || opening || retry) return;
        // while an older connection still serves, the next attempt is made in silence
        const retryInMs = openLater();
        if (!current) options.onStatus({ state: "offline", reason, retryInMs });
      },
    });
    opening = link;
  }

  function openLater(): number {
    const delay = retryDelayMs(failures++, options.random);
    retry = setTimeout(open, delay);
    return delay;
  }

  function startHeartbeats(link: Link, { heartbeatMs }: Welcome) {
    let missed = 0;
    clearTimeout(heartbeats);
    const beat = async () => {
      let answer: z.infer<typeof heartbeatReply> | undefined;
      try {
        answer = await link.request(
          "heartbeat",
          { v: 1, clock: Date.now(), holding: options.holding() },
          heartbeatReply,
          Math.max(heartbeatMs, 1_000),
        );
      } catch {
        // counted below
      }
      if (link !== current) return;
      if (answer) {
        // only now is the way known to work in both directions
        failures = 0;
        missed = 0;
        if ("cancel" in answer && answer.cancel.length > 0) options.onCancel(answer.cancel);
      } else if (++missed >= missedHeartbeats) return link.close();
      heartbeats = setTimeout(() => void beat(), answer ? heartbeatMs : 0);
    };
    void beat();
  }

  function stop() {
    stopped = true;
    clearTimeout(retry);
    clearTimeout(heartbeats);
    opening?.close();
    current?.close();
  }

  open();
  return {
    async sayGoodbye() {
      // a server that does not know the word is left all the same
      await current?.request("goodbye", { v: 1 }, receipt, goodbyeMs).catch(() => {});
    },
    stop() {
      if (stopped) return;
      stop();
      options.onStatus({ state: "stopped" });
    },
  };
}
