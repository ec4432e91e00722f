import type { CdpMessage } from "./cdp-pipe.ts";

/**
 * The sites that have been opened: what is saved at the end is asked of each of them. Seen in what the browser tells anyway, of pages by
 * its list of targets, and of frames when the client has itself told of them.
 */
export class VisitedOrigins {
  readonly #origins = new Set<string>();

  get all(): string[] {
    return [...this.#origins];
  }

  see({ method, params }: CdpMessage): void {
    if (method === "Target.targetInfoChanged" || method === "Target.targetCreated")
      this.add((params?.targetInfo as { url?: unknown })?.url);
    if (method === "Page.frameNavigated") this.add((params?.frame as { url?: unknown })?.url);
  }

  /** Of an address; others than of the web are passed over. */
  add(url: unknown): void {
    const known = typeof url === "string" ? URL.parse(url) : null;
    if (known && /^https?:$/.test(known.protocol)) this.#origins.add(known.origin);
  }
}
