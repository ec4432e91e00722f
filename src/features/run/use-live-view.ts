"use client";

import { receipt } from "@deskhand/shared/protocol/commands";
import { frame, liveLog } from "@deskhand/shared/protocol/live";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import type { LogLine } from "@deskhand/shared/schemas/run";
import { useEffect, useRef } from "react";

export type LiveFrame = { data: Uint8Array<ArrayBuffer>; width: number; height: number };

type Watch = {
  runId: string;
  /** Watches only while this is true, so that a runner sends frames to nobody who does not look. */
  on: boolean;
  onFrame: (frame: LiveFrame) => void;
  onLines: (lines: LogLine[]) => void;
  /** The watch began or began again: log lines may have been missed. */
  onWatching: () => void;
  /** The socket cannot be opened or the watch was refused; it is tried again where that can help. */
  onTrouble: () => void;
};

/** Frames and log lines of a run as they happen, from the dashboard's socket. */
export function useLiveView({ runId, on, ...handlers }: Watch): void {
  const latest = useRef(handlers);
  latest.current = handlers;

  useEffect(() => {
    if (!on) return;
    let stop = () => {};
    let over = false;
    void import("socket.io-client").then(({ io }) => {
      if (over) return;
      const socket = io(DASHBOARD_NAMESPACE, { transports: ["websocket"], withCredentials: true, forceNew: true });
      socket.on("connect", () => {
        socket.emit("watch-run", { v: 1, runId, on: true }, (answer: unknown) => {
          const taken = receipt.safeParse(answer);
          if (taken.success && taken.data.ok) latest.current.onWatching();
          else latest.current.onTrouble();
        });
      });
      socket.on("connect_error", () => latest.current.onTrouble());
      socket.on("frame", (message: unknown) => {
        const parsed = frame.safeParse(withBytes(message));
        if (!parsed.success || parsed.data.runId !== runId) return;
        const { data, width, height } = parsed.data;
        latest.current.onFrame({ data: data as Uint8Array<ArrayBuffer>, width, height });
      });
      socket.on("live-log", (message: unknown) => {
        const parsed = liveLog.safeParse(message);
        if (parsed.success && parsed.data.runId === runId) latest.current.onLines(parsed.data.lines);
      });
      stop = () => socket.disconnect();
    });
    return () => {
      over = true;
      stop();
    };
  }, [runId, on]);
}

/** socket.io hands over binary as an ArrayBuffer in browsers. */
function withBytes(message: unknown): unknown {
  const data = (message as { data?: unknown } | null)?.data;
  return data instanceof ArrayBuffer ? { ...(message as object), data: new Uint8Array(data) } : message;
}
