import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** How long the operating system may take to tell, milliseconds. */
const patienceMs = 5_000;

/**
 * A name of the computer that this is, for the server to notice when the folder moves to another: a hash of the operating system's own
 * machine id and the runner's id, so that it says nothing about the computer to anybody else. Null when the system does not tell.
 */
export async function readHardwareId(runnerId: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [programFile()], { timeout: patienceMs, killSignal: "SIGKILL" });
    const told = stdout.trim().toLowerCase();
    return told === "" ? null : createHash("sha256").update(`deskhand-hardware-v1\n${runnerId}\n${told}`).digest("hex");
  } catch {
    return null;
  }
}

/** From the bundle it is the file beside it; from source it is the program's own entry. */
function programFile(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "../hardware/main.ts" : "./hardware.mjs", import.meta.url));
}
