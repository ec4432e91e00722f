import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Random } from "./random.ts";

/**
 * What the network does to one connection. `drop`: it is reset. `delay`: every piece comes late, in order. `silent-*`: half open, what
 * goes that way is swallowed and no end is told. `cut`: reset in the middle of a piece, so of a frame. `crumbs`: pieces come in parts.
 */
export const networkFaults = ["none", "drop", "delay", "silent-to-server", "silent-to-runner", "silent", "cut", "crumbs"] as const;
export type NetworkFault = (typeof networkFaults)[number];

/** A silence costs the runner seconds, so there are fewer of them. */
const dealt: readonly NetworkFault[] = [...networkFaults.slice(1), "drop", "drop", "delay", "delay", "cut", "cut", "crumbs", "crumbs"];

type Way = { from: Socket; to: Socket; name: "to-server" | "to-runner" };

export type NetworkProxy = {
  port: number;
  /** How many connections had which fault, those that it really came to. */
  counts: Record<NetworkFault, number>;
  /** From now on connections are left alone; those that are open are reset once. */
  calm(): void;
  close(): Promise<void>;
};

/** A half-open connection is forgotten after this long, milliseconds, as a router would. */
const forgottenMs = 6_000;

/** Stands between one runner and the servers; each connection goes to one of those that run now, and has its own fault. */
export async function startProxy(random: Random, targets: () => number[]): Promise<NetworkProxy> {
  const counts = Object.fromEntries(networkFaults.map((name) => [name, 0])) as Record<NetworkFault, number>;
  const open = new Set<Socket>();
  let isCalm = false;

  const server: Server = createServer((runner) => {
    const ports = targets();
    if (ports.length === 0) return void runner.destroy();
    const upstream = connect(random.pick(ports), "127.0.0.1");
    for (const socket of [runner, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.once("close", () => open.delete(socket));
    }
    const fault = isCalm || random.chance(0.3) ? "none" : random.pick(dealt);
    if (fault === "none") counts.none += 1;
    bridge(runner, upstream, fault);
  });

  function bridge(runner: Socket, upstream: Socket, fault: NetworkFault) {
    // long enough for the handshake as a rule, though not always
    const strikesAt = Date.now() + random.between(0, 3_000);
    let struck = false;
    const strikes = () => {
      if (struck || Date.now() < strikesAt) return struck;
      counts[fault] += 1;
      if (process.env.FAULTS_TRACE) process.stdout.write(`${Date.now() % 1_000_000} network ${fault}\n`);
      struck = true;
      return true;
    };
    const reset = () => {
      runner.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    const swallows = ({ name }: Way) => fault === "silent" || fault === `silent-${name}`;
    for (const way of [
      { from: runner, to: upstream, name: "to-server" } as const,
      { from: upstream, to: runner, name: "to-runner" } as const,
    ]) {
      let ready = Promise.resolve();
      const later = (milliseconds: number, act: () => void) => {
        ready = ready.then(() => new Promise((resolve) => setTimeout(resolve, milliseconds))).then(act);
      };
      way.from.on("data", (piece) => {
        if (fault === "none" || !strikes()) return void way.to.write(piece);
        if (swallows(way)) return;
        if (fault === "drop") return reset();
        if (fault === "delay") return later(random.between(0, 250), () => void way.to.write(piece));
        if (fault === "crumbs") {
          let rest = piece;
          while (rest.length > 0) {
            const part = rest.subarray(0, random.between(1, 40 + (piece.length >> 2)));
            rest = rest.subarray(part.length);
            later(1, () => void way.to.write(part));
          }
          return;
        }
        if (fault === "cut" && piece.length > 1) {
          way.to.write(piece.subarray(0, piece.length >> 1), reset);
          return;
        }
        way.to.write(piece);
      });
      way.from.once("close", () => {
        if (struck && fault.startsWith("silent")) return void setTimeout(() => way.to.destroy(), forgottenMs).unref();
        void ready.then(() => way.to.destroy());
      });
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    calm() {
      isCalm = true;
      for (const socket of open) socket.resetAndDestroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
