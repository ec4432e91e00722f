import { createHash, randomUUID } from "node:crypto";
import { type CloudAnswer, type CloudRequest, type FakeCloud, must } from "./fake-cloud.ts";

/** What the owner of the account does when asked. */
export type Owner = { allows: boolean };

/** The part of a vendor's sign-in in which its owner is asked in a browser (RFC 6749, section 4.1, with RFC 7636). */
export class FakeConsent {
  readonly #codes = new Map<string, { challenge: string; redirectUri: string | null }>();
  readonly #owner: Owner;
  /** For what shows a code and waits (RFC 8628): how often it is still asked for before the owner has typed it. */
  #pending = 1;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** Sends the browser back to where it is to go, or shows the code. `required` are the vendor's own parameters. */
  ask({ method, url }: CloudRequest, required: Record<string, string>): CloudAnswer {
    const query = Object.fromEntries(url.searchParams);
    must(method === "GET" && query.response_type === "code" && query.client_id === "client", "a code for a client that is known");
    must(query.code_challenge_method === "S256" && /^[\w-]{43}$/.test(query.code_challenge ?? ""), "a challenge");
    for (const [name, value] of Object.entries(required)) must(query[name] === value, name);
    const redirectUri = query.redirect_uri ?? null;
    const code = randomUUID();
    if (this.#owner.allows) this.#codes.set(code, { challenge: query.code_challenge as string, redirectUri });
    if (redirectUri === null) return html(`<h1>Enter this code</h1><p id="code">${code}</p>`);
    must(/^http:\/\/127\.0\.0\.1:\d+\//.test(redirectUri) && (query.state ?? "").length >= 22, "a place on loopback, and a state");
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({
      ...(this.#owner.allows ? { code } : { error: "access_denied" }),
      state: query.state as string,
    }).toString();
    return html(`<h1>Allow Deskhand?</h1><a href="${back.href.replaceAll("&", "&amp;")}">Allow</a>`);
  }

  /** Google's code for another screen. */
  askByCode({ method, body }: CloudRequest): CloudAnswer {
    const form = new URLSearchParams(body.toString());
    must(method === "POST" && form.get("client_id") === "client" && (form.get("scope") ?? "").endsWith("/drive.file"), "client and scope");
    const words = { device_code: "device", user_code: "ABCD-EFGH", verification_url: "https://www.google.com/device" };
    return { json: { ...words, expires_in: 600, interval: 0 } };
  }

  giveToken(request: CloudRequest, cloud: FakeCloud, secret: string | null): CloudAnswer {
    const form = new URLSearchParams(request.body.toString());
    if (form.get("grant_type") === "refresh_token") return cloud.giveToken(request);
    must(form.get("client_id") === "client" && form.get("client_secret") === secret, "the client, with its secret when it has one");
    if (form.get("grant_type") === "urn:ietf:params:oauth:grant-type:device_code") {
      must(form.get("device_code") === "device", "the device's code");
      if (this.#pending-- > 0) return { status: 428, json: { error: "authorization_pending" } };
      return given;
    }
    must(form.get("grant_type") === "authorization_code", "a grant type");
    const code = form.get("code") ?? "";
    const asked = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const isRight = asked?.challenge === challenge && asked.redirectUri === form.get("redirect_uri");
    return isRight ? given : { status: 400, json: { error: "invalid_grant" } };
  }
}

const given: CloudAnswer = { json: { access_token: "access-once", expires_in: 3600, refresh_token: "refresh", token_type: "Bearer" } };

function html(text: string): CloudAnswer {
  return { headers: { "content-type": "text/html; charset=utf-8" }, body: Buffer.from(`<!doctype html><title>Vendor</title>${text}`) };
}
