/** Headers for everything that is sent, pages and data alike. */
export function plainSecurityHeaders(publicUrl: string): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    ...(publicUrl.startsWith("https://") ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

/** For answers that are data: nothing in them may run or be framed, whatever a browser takes them for. */
export function dataSecurityHeaders(publicUrl: string): Record<string, string> {
  return { ...plainSecurityHeaders(publicUrl), "content-security-policy": "default-src 'none'; frame-ancestors 'none'" };
}

type PageOptions = {
  nonce: string;
  /** The Host header of the request: the page's socket goes there. */
  host: string | null;
  secure: boolean;
  development: boolean;
};

/** Content-Security-Policy of the app's pages: what is not from here or does not know the nonce does not run. */
export function pagePolicy({ nonce, host, secure, development }: PageOptions): string {
  // only what is certainly a host gets into the header
  const socket = host && /^(\[[0-9a-f:]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) ? ` ${secure ? "wss" : "ws"}://${host}` : "";
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Next's overlay for developers has inline styles; a nonce beside it would switch the exception off
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    `connect-src 'self'${socket}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
  ].join("; ");
}

/** Content-Security-Policy of the practice site: files of its own only, frames of its own allowed. */
export const practicePolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "form-action 'self'",
].join("; ");
