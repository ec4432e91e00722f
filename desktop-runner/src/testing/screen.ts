import { spawn } from "node:child_process";
import { once } from "node:events";

export type TestScreen = { display: string; close(): void };

/** A screen that nobody sees, for windows. */
export async function startTestScreen(): Promise<TestScreen> {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = (await once(screen.stdio[3] as NodeJS.ReadableStream, "data")) as [Buffer];
  return { display: `:${number.toString().trim()}`, close: () => void screen.kill() };
}
