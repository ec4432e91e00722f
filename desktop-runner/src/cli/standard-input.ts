/** The first line of a terminal, or all of what is piped in; at most 2 MB. */
export async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes > 2_000_000 || (process.stdin.isTTY && (part as Buffer).includes(10))) break;
  }
  return Buffer.concat(parts).toString("utf8");
}
