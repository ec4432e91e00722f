/** The wire's major version. A server speaks this one and the one before; each message carries the literal. */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_MIN = 1;

/** socket.io namespaces. */
export const RUNNER_NAMESPACE = "/runner";
export const DASHBOARD_NAMESPACE = "/dashboard";

/** Largest message on the socket in bytes. Larger things travel as blobs over HTTP. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
