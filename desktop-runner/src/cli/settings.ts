import * as z from "zod";
import { type RunnerHome, readJsonFile, runnerHome, writeJsonFile } from "../identity/home.ts";
import { CliError, usageError } from "./failure.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const cliFile = z.object({ serverUrl: z.url(), apiKey: z.string().min(1) });
const pairedTo = z.object({ serverUrl: z.url() });

export type Access = { serverUrl: string; apiKey: string };

const defaultServer = "http://localhost:3000";

/** The server's origin from what a person typed. */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username) {
    throw usageError(`"${text}" is not a server's address.`, `Give an address like ${defaultServer} or https://deskhand.example.com.`);
  }
  return url.origin;
}

/** The server to talk to: DESKHAND_URL, else the one of `deskhand login`, else the one that the runner here is paired to. */
export function serverUrlFrom(env: Environment, home: RunnerHome = runnerHome(env)): string {
  if (env.DESKHAND_URL?.trim()) return parseServerUrl(env.DESKHAND_URL.trim());
  const known = read(home.cliFile, cliFile) ?? read(home.runnerFile, pairedTo);
  return known?.serverUrl ?? defaultServer;
}

/**
 * The server and the key: DESKHAND_API_KEY, else the one of `deskhand login` when it was for this server. A key is never sent to
 * another server than it was given for.
 */
export function accessFrom(env: Environment, home: RunnerHome = runnerHome(env)): Access {
  const serverUrl = serverUrlFrom(env, home);
  const stored = read(home.cliFile, cliFile);
  const apiKey = env.DESKHAND_API_KEY?.trim() || (stored?.serverUrl === serverUrl ? stored.apiKey : undefined);
  if (!apiKey) {
    throw new CliError(
      "UNAUTHENTICATED",
      3,
      `There is no API key for ${serverUrl}.`,
      "Make one on the dashboard under Settings, API keys, then run `deskhand login`, or set DESKHAND_API_KEY.",
    );
  }
  return { serverUrl, apiKey };
}

export function saveAccess(home: RunnerHome, access: Access): void {
  writeJsonFile(home.cliFile, access);
}

/** A whole number from the environment, or undefined when it is not set. */
export function numberFrom(env: Environment, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const text = env[name]?.trim();
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw usageError(`${name} is "${text}".`, `It must be a whole number from ${min} to ${max}, for example ${name}=${min}.`);
  }
  return value;
}

/** Where the runner's own page is wanted when nobody says otherwise. */
const defaultLocalPort = 18_789;

/** The port of the local page from DESKHAND_LOCAL_PORT; 0 is any free one. */
export function readLocalPort(env: Environment): number {
  const port = numberFrom(env, "DESKHAND_LOCAL_PORT", { min: 0, max: 65_535 }) ?? defaultLocalPort;
  if (port === 0 || port >= 1024) return port;
  throw usageError(
    `DESKHAND_LOCAL_PORT is "${port}".`,
    `It must be 0 or from 1024 to 65535, for example DESKHAND_LOCAL_PORT=${defaultLocalPort}.`,
  );
}

function read<T extends z.ZodType>(file: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.safeParse(readJsonFile(file)).data;
  } catch {
    return undefined;
  }
}
