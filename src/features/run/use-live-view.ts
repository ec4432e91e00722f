"use client";

import { receipt } from "@deskhand/shared/protocol/commands";
import { type HoldAnswer, type HoldMessage, type HoldNews, holdAnswer, holdNews } from "@deskhand/shared/protocol/hold";
import { frame, liveLog } from "@deskhand/shared/protocol/live";
import { type Recorded, recorded } from "@deskhand/shared/protocol/recorded";
import { type TrialNews, trialNews } from "@deskhand/shared/protocol/trial";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import type { LogLine } from "@deskhand/shared/schemas/run";
import { useCallback, useEffect, useRef } from "react";
import type { Socket } from "socket.io-client";

/** A page that is busy takes its time, milliseconds. */
const answerMs = 15_000;
/** How long the connection stays for what is on its way when the page is left, milliseconds. */
const leaveMs = 1_000;

export type LiveFrame = { data: Uint8Array<ArrayBuffer>; width: number; height: number };

type Watch = {
  runId: string;
  /** Watches only while this is true, so that a runner sends frames to nobody who does not look. */
  on: boolean;
  onFrame: (frame: LiveFrame) => void;
  onLines: (lines: LogLine[]) => void;
  /** What the run's pages write to their console. */
  onConsole?: (lines: LogLine[]) => void;
  /** What somebody who has the page sees besides it. */
  onNews?: (news: HoldNews) => void;
  /** Of a run that records: all steps so far. */
  onRecorded?: (recorded: Recorded) => void;
  /** Of a trial run: how it stands. */
  onTrial?: (news: TrialNews) => void;
  /** The watch began or began again: log lines may have been missed. */
  onWatching: () => void;
  /** The socket cannot be opened or the watch was refused; it is tried again where that can help. */
  onTrouble: () => void;
};

/** Rejects when there is no answer: the socket is gone, or the runner's page does not take it. */
export type SendHold = (message: HoldMessage) => Promise<HoldAnswer>;

/** Frames and log lines of a run as they happen, from the dashboard's socket. @returns what passes a person's hands on by it */
export function useLiveView({ runId, on, ...handlers }: Watch): SendHold {
  const open = useRef<Socket | null>(null);
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
      socket.on("live-console", (message: unknown) => {
        const parsed = liveLog.safeParse(message);
        if (parsed.success && parsed.data.runId === runId) latest.current.onConsole?.(parsed.data.lines);
      });
      socket.on("hold-news", (message: unknown) => {
        const parsed = holdNews.safeParse(message);
        if (parsed.success && parsed.data.runId === runId) latest.current.onNews?.(parsed.data);
      });
      socket.on("recorded", (message: unknown) => {
        const parsed = recorded.safeParse(message);
        if (parsed.success && parsed.data.runId === runId) latest.current.onRecorded?.(parsed.data);
      });
      socket.on("trial", (message: unknown) => {
        const parsed = trialNews.safeParse(message);
        if (parsed.success && parsed.data.runId === runId) latest.current.onTrial?.(parsed.data);
      });
      open.current = socket;
      stop = () => {
        // what a person who leaves has said last is still brought to the page
        setTimeout(() => {
          if (open.current === socket) open.current = null;
          socket.disconnect();
        }, leaveMs);
      };
    });
    return () => {
      over = true;
      stop();
    };
  }, [runId, on]);

  return useCallback(async (message) => {
    if (!open.current) throw new Error("The connection is gone.");
    return holdAnswer.parse(await open.current.timeout(answerMs).emitWithAck("hold-input", message));
  }, []);
}

/** socket.io hands over binary as an ArrayBuffer in browsers. */
function withBytes(message: unknown): unknown {
  const data = (message as { data?: unknown } | null)?.data;
  return data instanceof ArrayBuffer ? { ...(message as object), data: new Uint8Array(data) } : message;
}
