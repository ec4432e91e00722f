import * as z from "zod";

/**
 * HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/) as far as Deskhand writes and shows it. Fields that begin with an
 * underscore are additions, which the format allows: `_step` is the 0-based step of the run that was under way, `_resourceType` and
 * `_failureText` are Playwright's.
 */
const pair = z.object({ name: z.string(), value: z.string() });
const size = z.number().int().min(-1);
/** Milliseconds; -1 where it does not apply. */
const span = z.number().min(-1).optional();

export const harEntry = z.object({
  pageref: z.string().optional(),
  startedDateTime: z.string(),
  time: z.number().min(0),
  request: z.object({
    method: z.string(),
    url: z.string(),
    httpVersion: z.string(),
    cookies: z.array(pair),
    headers: z.array(pair),
    queryString: z.array(pair),
    headersSize: size,
    bodySize: size,
  }),
  response: z.object({
    /** 0 when no answer came. */
    status: z.number().int().min(0),
    statusText: z.string(),
    httpVersion: z.string(),
    cookies: z.array(pair),
    headers: z.array(pair),
    content: z.object({ size: z.number().int().min(0), mimeType: z.string() }),
    redirectURL: z.string(),
    headersSize: size,
    bodySize: size,
    _transferSize: size.optional(),
    _failureText: z.string().optional(),
  }),
  cache: z.object({}),
  timings: z.object({
    blocked: span,
    dns: span,
    connect: span,
    ssl: span,
    send: z.number().min(0),
    wait: z.number().min(0),
    receive: z.number().min(0),
  }),
  serverIPAddress: z.string().optional(),
  _resourceType: z.string().optional(),
  _step: z.number().int().min(0).optional(),
});
export type HarEntry = z.infer<typeof harEntry>;

export const harFile = z.object({
  log: z.object({
    version: z.literal("1.2"),
    creator: z.object({ name: z.string(), version: z.string() }),
    pages: z.array(z.object({ startedDateTime: z.string(), id: z.string(), title: z.string(), pageTimings: z.object({}) })),
    entries: z.array(harEntry),
    /** What is not in it, in words. */
    comment: z.string().optional(),
  }),
});
export type HarFile = z.infer<typeof harFile>;
