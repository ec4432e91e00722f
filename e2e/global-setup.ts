import { cp } from "node:fs/promises";
import path from "node:path";
import { startTestScreen } from "../desktop-runner/src/testing/screen.ts";
import { allowTestSites } from "./deskhand.ts";
import { productVariable } from "./product.ts";
import { makeProductFolder, startProduct } from "./start-product.ts";

const logs = path.resolve(import.meta.dirname, "../test-results/logs");

/** Starts the product that the journeys share, with folders and a port of its own; returns what stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { dir, remove } = await makeProductFolder();
  const screen = await startTestScreen();
  const keepLogs = () => cp(path.join(dir, "data", "logs"), logs, { recursive: true }).catch(() => {});
  try {
    const { url, dataDir, home, stop } = await startProduct({
      dir,
      env: { WEBHOOK_ALLOW_PRIVATE: "on", RATE_LIMIT_API_PER_HOUR: "1000000", DISPLAY: screen.display },
    });
    await allowTestSites(home);
    process.env[productVariable] = JSON.stringify({ url, dataDir, home, display: screen.display });
    return async () => {
      await stop();
      screen.close();
      await keepLogs();
      await remove();
    };
  } catch (error) {
    screen.close();
    await keepLogs();
    await remove();
    throw error;
  }
}
