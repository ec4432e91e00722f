import { errorOfStatus, networkError } from "./storage.ts";

export type Ask = { method?: string; headers?: Record<string, string>; body?: string | Buffer; signal?: AbortSignal | undefined };

export type Answer = { content: Buffer; headers: Headers };

/** One request. `judge` may see more in a refusal than its status says. @throws StorageError */
export async function ask(
  url: string | URL,
  { method = "GET", headers = {}, body, signal }: Ask,
  what: string,
  judge: (status: number, text: string) => Error | undefined = () => undefined,
): Promise<Answer> {
  let response: Response;
  let content: Buffer;
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: "error",
      ...(body === undefined ? {} : { body: body as BodyInit }),
      ...(signal ? { signal } : {}),
    });
    content = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw networkError(error, what);
  }
  const error = response.ok ? undefined : (judge(response.status, content.toString()) ?? errorOfStatus(response.status, what));
  if (error) throw error;
  return { content, headers: response.headers };
}
