/** Everything that a request of the local page can be answered with instead, and its HTTP status. */
const statuses = {
  HOST_REFUSED: 403,
  ORIGIN_REFUSED: 403,
  UNAUTHENTICATED: 401,
  LINK_INVALID: 401,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_POSSIBLE: 409,
  POLICY_DAMAGED: 409,
  PAYLOAD_TOO_LARGE: 413,
  CONTENT_TYPE_REFUSED: 415,
  INVALID_INPUT: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
} as const;

export type PageErrorCode = keyof typeof statuses;

/** Why a request was not carried out; the message is for the person who looks at the page. */
export class PageError extends Error {
  readonly code: PageErrorCode;

  constructor(code: PageErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return statuses[this.code];
  }
}
