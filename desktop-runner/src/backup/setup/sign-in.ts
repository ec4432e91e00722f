import { createHash, randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { ask } from "../storage/http.ts";
import { askForToken } from "../storage/oauth.ts";
import { StorageError } from "../storage/storage.ts";
import { dropboxEndpoints, googleEndpoints } from "./vendor-endpoints.ts";

/** It may see files that it made itself, and nothing else. */
const driveScope = "https://www.googleapis.com/auth/drive.file";
const deviceAnswer = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_url: z.url(),
  expires_in: z.number(),
  interval: z.number(),
});

type GoogleClient = { clientId: string; clientSecret: string };

/** What the owner is asked at the vendor: the address that asks it, and what the code that comes of it is traded for, a refresh token. */
export type Consent = { address: string; finish(code: string): Promise<string> };

/**
 * The owner allows this runner on another screen, by a code (RFC 8628, as Google has it for devices of limited input).
 * @returns the refresh token
 */
export async function signInToGoogle(
  client: GoogleClient,
  show: (address: string, code: string) => void,
  endpoints = googleEndpoints(),
): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ client_id: client.clientId, scope: driveScope }).toString();
  const { content } = await ask(endpoints.device, { method: "POST", headers, body }, "signing in");
  const device = deviceAnswer.parse(JSON.parse(content.toString()));
  show(device.verification_url, device.user_code);
  let seconds = device.interval;
  for (const end = Date.now() + device.expires_in * 1_000; Date.now() < end; ) {
    await wait(seconds * 1_000);
    try {
      const form = { client_id: client.clientId, client_secret: client.clientSecret, device_code: device.device_code };
      return await refreshToken(endpoints.token, { ...form, grant_type: "urn:ietf:params:oauth:grant-type:device_code" });
    } catch (error) {
      const message = error instanceof StorageError ? error.message : "";
      if (message.includes("slow_down")) seconds += 5;
      else if (!message.includes("authorization_pending")) throw error;
    }
  }
  throw new StorageError("TIMED_OUT", "signing in");
}

/**
 * The owner allows this runner in a browser of this computer, which Google then sends to `redirectUri` on loopback (RFC 8252, section 7.3)
 * with the code and this `state`.
 */
export function askGoogle(client: GoogleClient, redirectUri: string, state: string, endpoints = googleEndpoints()): Consent {
  const { verifier, challenge } = newProof();
  return {
    address: addressOf(endpoints.authorize, {
      client_id: client.clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      scope: driveScope,
      access_type: "offline",
      // a refresh token is given with the first consent only, unless it is asked for again
      prompt: "consent",
      state,
      ...challenge,
    }),
    finish: (code) =>
      refreshToken(endpoints.token, {
        code,
        grant_type: "authorization_code",
        code_verifier: verifier,
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uri: redirectUri,
      }),
  };
}

/**
 * The owner allows this runner in a browser and brings a code back. Dropbox would send it to loopback too, but only to a port that the
 * app's owner has entered there before.
 */
export function askDropbox(clientId: string, endpoints = dropboxEndpoints()): Consent {
  const { verifier, challenge } = newProof();
  return {
    address: addressOf(endpoints.authorize, { client_id: clientId, response_type: "code", token_access_type: "offline", ...challenge }),
    finish: (code) =>
      refreshToken(endpoints.token, { code: code.trim(), grant_type: "authorization_code", code_verifier: verifier, client_id: clientId }),
  };
}

/** That whoever brings the code is who asked for it (RFC 7636). */
function newProof() {
  const verifier = randomBytes(48).toString("base64url");
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  return { verifier, challenge: { code_challenge, code_challenge_method: "S256" } };
}

function addressOf(authorize: string, query: Record<string, string>): string {
  const address = new URL(authorize);
  address.search = new URLSearchParams(query).toString();
  return address.href;
}

async function refreshToken(url: string, form: Record<string, string>): Promise<string> {
  const answer = await askForToken(url, form);
  if (!answer.refresh_token) throw new StorageError("BROKEN", "no refresh token");
  return answer.refresh_token;
}
