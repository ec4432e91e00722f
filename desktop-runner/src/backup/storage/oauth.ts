import * as z from "zod";
import { ask } from "./http.ts";
import { StorageError } from "./storage.ts";

export type OAuthClient = { clientId: string; clientSecret?: string | undefined; refreshToken: string };

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number().default(3600), refresh_token: z.string().optional() });
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/** Access by a refresh token (RFC 6749, section 6): kept in memory only, and asked for anew a minute before its end or after a refusal. */
export class OAuthAccess {
  readonly #url: string;
  readonly #client: OAuthClient;
  #token: Promise<string> | undefined;
  #goodUntil = 0;

  constructor(url: string, client: OAuthClient) {
    this.#url = url;
    this.#client = client;
  }

  token(): Promise<string> {
    if (!this.#token || Date.now() > this.#goodUntil) {
      this.#goodUntil = Number.POSITIVE_INFINITY;
      this.#token = this.#refresh();
      this.#token.catch(() => this.forget());
    }
    return this.#token;
  }

  forget(): void {
    this.#token = undefined;
  }

  async #refresh(): Promise<string> {
    const { clientId, clientSecret, refreshToken } = this.#client;
    const answer = await askForToken(this.#url, {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: clientId,
      ...(clientSecret ? { client_secret: clientSecret } : {}),
    });
    this.#goodUntil = Date.now() + (answer.expires_in - 60) * 1_000;
    return answer.access_token;
  }
}

/** @throws StorageError DENIED with the provider's code, such as `invalid_grant` or `authorization_pending` */
export async function askForToken(url: string, form: Record<string, string>): Promise<TokenAnswer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  const { content } = await ask(url, { method: "POST", headers, body }, "signing in", (status, text) =>
    status === 400 || status === 401 || status === 428 ? new StorageError("DENIED", errorCode(text)) : undefined,
  );
  return tokenAnswer.parse(JSON.parse(content.toString()));
}

/** With a token, and once more with a new one when that is refused. */
export async function withAccess<T>(access: OAuthAccess, work: (authorization: { authorization: string }) => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await work({ authorization: `Bearer ${await access.token()}` });
    } catch (error) {
      if (turn > 1 || !(error instanceof StorageError) || error.code !== "DENIED" || !error.message.includes("HTTP 401")) throw error;
      access.forget();
    }
  }
}

function errorCode(text: string): string {
  const read = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/) }).safeParse(quietJson(text));
  return read.success ? read.data.error : "refused";
}

function quietJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
