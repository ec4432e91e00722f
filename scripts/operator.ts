// Who is staff of the installation and may enter /admin. Only whoever can run this on the server's machine decides it:
//   npm run operator -- list
//   npm run operator -- grant EMAIL
//   npm run operator -- revoke EMAIL
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { readSettings } from "../src/server/env.ts";

const usage = "Use: npm run operator -- list | grant EMAIL | revoke EMAIL";

/**
 * Does what the words say.
 * @returns what to print, and the exit code: 0 done, 1 nobody has that address, 2 the words were not understood
 */
export async function runOperatorCommand(databaseUrl: string, words: string[]): Promise<{ text: string; exitCode: number }> {
  const [verb, email, ...more] = words;
  const changes = verb === "grant" || verb === "revoke";
  if (more.length > 0 || (changes ? !email : verb !== "list" || email)) return { text: usage, exitCode: 2 };
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    if (!changes) {
      const { rows } = await client.query<{ email: string; name: string }>(
        'select email, name from "User" where "isOperator" order by email',
      );
      return { text: rows.map((row) => `${row.email}  ${row.name}`).join("\n") || "There is no operator.", exitCode: 0 };
    }
    const address = String(email).trim().toLowerCase();
    const { rowCount } = await client.query('update "User" set "isOperator" = $2 where email = $1', [address, verb === "grant"]);
    if (rowCount === 0) return { text: `Nobody has an account with ${address}.`, exitCode: 1 };
    return { text: `${address} is ${verb === "grant" ? "an operator now: /admin/relay" : "no operator any more"}.`, exitCode: 0 };
  } finally {
    await client.end();
  }
}

/** The database that is set, else the embedded one, which runs while Deskhand does. */
function databaseUrlFrom(): string | undefined {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { DATABASE_URL, DESKHAND_DATA_DIR } = readSettings(process.env);
  if (DATABASE_URL) return DATABASE_URL;
  const portFile = path.join(DESKHAND_DATA_DIR, "postgres.port");
  return existsSync(portFile) ? `postgresql://deskhand@127.0.0.1:${readFileSync(portFile, "utf8").trim()}/deskhand` : undefined;
}

async function main(): Promise<number> {
  const databaseUrl = databaseUrlFrom();
  if (!databaseUrl) {
    console.error("There is no database yet. Start Deskhand first: npm start");
    return 3;
  }
  try {
    const { text, exitCode } = await runOperatorCommand(databaseUrl, process.argv.slice(2));
    console[exitCode === 0 ? "log" : "error"](text);
    return exitCode;
  } catch (error) {
    // never the address: it may hold a password
    console.error(`The database cannot be reached (${(error as NodeJS.ErrnoException).code ?? "unknown error"}). Is Deskhand running?`);
    return 3;
  }
}

if (import.meta.main) process.exitCode = await main();
