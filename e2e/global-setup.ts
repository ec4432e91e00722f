import { cp } from "node:fs/promises";
import path from "node:path";
import { allowTestSites } from "./deskhand.ts";
import { productVariable } from "./product.ts";
import { makeProductFolder, startProduct } from "./start-product.ts";

const logs = path.resolve(import.meta.dirname, "../test-results/logs");

/** Starts the product that the journeys share, with folders and a port of its own; returns what stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { dir, remove } = await makeProductFolder();
  const keepLogs = () => cp(path.join(dir, "data", "logs"), logs, { recursive: true }).catch(() => {});
  try {
    const { url, dataDir, home, stop } = await startProduct({ dir, env: { WEBHOOK_ALLOW_PRIVATE: "on" } });
    await allowTestSites(home);
    process.env[productVariable] = JSON.stringify({ url, dataDir, home });
    return async () => {
      await stop();
      await keepLogs();
      await remove();
    };
  } catch (error) {
    await keepLogs();
    await remove();
    throw error;
  }
}
