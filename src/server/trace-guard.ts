/**
 * Goes before the trace viewer's service worker, in the browser. The worker answers with what is in a trace, which a page on the other side
 * may have made, from our own origin. It gives its snapshots a policy by which only its own script runs; this adds to them that they lead
 * nowhere, and takes every right from whatever else of a trace might be opened as a page.
 */
export const traceGuard = `(() => {
  const { respondWith } = FetchEvent.prototype;
  const snapshots = new URL("snapshot/", self.registration.scope).href;
  const guard = (request, response) => {
    // with an address, it came from the server; without, the worker made it
    if (response.url !== "" || response.type !== "default") return response;
    const headers = new Headers(response.headers);
    if (request.url.startsWith(snapshots)) {
      headers.append("content-security-policy", "frame-src 'self'; connect-src 'none'; worker-src 'none'; form-action 'none'");
    } else {
      headers.set("content-security-policy", "default-src 'none'; sandbox");
    }
    headers.set("referrer-policy", "no-referrer");
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  };
  FetchEvent.prototype.respondWith = function (answer) {
    respondWith.call(this, Promise.resolve(answer).then((response) => guard(this.request, response)));
  };
})();
`;
