import { connect, type Socket } from "node:net";

const connectMs = 30_000;

/** Connects to one of these addresses, whatever the name leads to by now; gives up when `client` closes. Rejects with an error of Node. */
export function dialPinned(host: string, port: number, addresses: readonly string[], client?: Socket): Promise<Socket> {
  const pinned = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: true,
      lookup: (_host, options, answer) => {
        const [first] = pinned;
        if (options.all) answer(null, pinned);
        else if (first) answer(null, first.address, first.family);
      },
    });
    const abandon = () => socket.destroy(Object.assign(new Error("abandoned"), { code: "ECONNABORTED" }));
    const late = setTimeout(() => socket.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })), connectMs);
    client?.once("close", abandon);
    const settle = () => {
      clearTimeout(late);
      client?.off("close", abandon);
      socket.off("error", failed);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
  });
}
