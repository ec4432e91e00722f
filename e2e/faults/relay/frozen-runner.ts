// What a frozen runner is made of: a runner of its own folder, with the pairing and the worker of its time. See version-skew.test.ts.
import path from "node:path";
import { pairedHome } from "../../../desktop-runner/src/connection/testing/paired-home.ts";
import { startRunner } from "../../../desktop-runner/src/main.ts";

const { home, identity, runnerId, remove } = await pairedHome(process.env.SERVER_URL ?? "");
process.on("message", () => {
  const workerFile = path.join(import.meta.dirname, "worker.mjs");
  startRunner({ home, workerFile, concurrency: 4, onStatus: ({ state }) => process.send?.({ state }) });
});
process.on("exit", remove);
process.on("disconnect", () => process.exit(0));
process.send?.({ runnerId, publicKey: identity.publicKey, fingerprint: identity.fingerprint });
