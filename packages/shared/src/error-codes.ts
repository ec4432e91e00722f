/** The closed list of error codes. Each maps to one HTTP status, one tRPC code and one sentence for people. */
export const errorCodes = [
  // who and may
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "RATE_LIMITED",
  "SCOPE_MISSING",
  // input
  "INVALID_INPUT",
  "PAYLOAD_TOO_LARGE",
  "PROJECT_REQUIRED",
  "NAME_TAKEN",
  "CONFLICT",
  "IDEMPOTENCY_CONFLICT",
  "SCHEDULE_INVALID",
  "TRIGGER_DISABLED",
  // accounts
  "EMAIL_TAKEN",
  "SIGN_IN_FAILED",
  // pairing and runners
  "PAIRING_CODE_INVALID",
  "PAIRING_CODE_EXPIRED",
  "PAIRING_CODE_USED",
  "RUNNER_NOT_ACCEPTED",
  "RUNNER_PENDING",
  "RUNNER_REJECTED",
  "RUNNER_REVOKED",
  "RUNNER_LOCKED",
  "RUNNER_UNKNOWN",
  "RUNNER_OFFLINE",
  "SIGNATURE_INVALID",
  "SIGNATURE_REQUIRED",
  "SIGNER_NOT_APPROVED",
  "MANIFEST_INVALID",
  "PROTOCOL_UNSUPPORTED",
  "MESSAGE_INVALID",
  "LEASE_STALE",
  // profiles, workflows, runs
  "PROFILE_IN_USE",
  "PROFILE_NOT_IN_USE",
  "PROFILE_MOVING",
  "PROFILE_SCHEDULED",
  "PROFILE_ON_OTHER_RUNNER",
  "PROXY_IN_USE",
  "RECORDING_INVALID",
  "RECORDING_TOO_LARGE",
  "WORKFLOW_UNCHANGED",
  "WORKFLOW_MOVED_ON",
  "WORKFLOW_SCHEDULED",
  "INPUT_MISSING",
  "INPUT_UNKNOWN",
  "INPUT_WRONG_TYPE",
  "SECRET_NOT_SEALED",
  "RUN_FINISHED",
  "RUN_HELD",
  "HOLD_OVER",
  "RUN_NOT_FINISHED",
  "ARTIFACT_GONE",
  // the installation
  "DATABASE_UNAVAILABLE",
  "RUNNER_TIMEOUT",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && (errorCodes as readonly string[]).includes(value);
}
