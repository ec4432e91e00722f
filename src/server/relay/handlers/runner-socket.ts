import type { Context } from "@/server/context";
import type { Connection } from "@/server/relay/connections";
import type { Deliver } from "@/server/relay/deliver-commands";
import type { onMessage } from "@/server/relay/messages";
import type { RelayParts } from "@/server/relay/parts";
import type { Viewers } from "@/server/relay/viewers";

/** What the handlers of one runner's messages share. */
export type RunnerSocket = {
  parts: RelayParts;
  /** Of the runner. */
  ctx: Context;
  connection: Connection;
  listening: Parameters<typeof onMessage>[0];
  viewers: Viewers;
  deliver: Deliver;
  /** The database says that this connection does not hold the runner: look why, and end it. */
  onStranger(): void;
};
