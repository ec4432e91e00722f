import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readSettings, type Settings } from "../../src/server/env.ts";

export type StartSettings = Settings & { AUTH_SECRET: string };

/**
 * Reads `.env` (the environment wins over it) and all settings, and makes the data folder and the secret in it.
 * @throws EnvError naming all settings that are wrong
 */
export function readStartSettings(): StartSettings {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const settings = readSettings(process.env);
  mkdirSync(settings.DESKHAND_DATA_DIR, { recursive: true });
  return { ...settings, AUTH_SECRET: settings.AUTH_SECRET ?? keptSecret(settings.DESKHAND_DATA_DIR) };
}

function keptSecret(dataDir: string): string {
  const file = path.join(dataDir, "auth-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString("base64"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** The environment of the server and the runner: ours, with every setting spelt out as it was understood. */
export function childEnvironment(settings: StartSettings, more: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const entries = Object.entries({ ...settings, ...more }).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return { ...process.env, ...Object.fromEntries(entries) };
}
