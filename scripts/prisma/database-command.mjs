import pg from "pg";

const prismaCodes = { "3D000": "P1003", "28P01": "P1000", 28000: "P1000", ECONNREFUSED: "P1001", ENOTFOUND: "P1001" };

/** `schema-engine cli can-connect-to-database | create-database | drop-database`; returns the exit code. */
export async function runDatabaseCommand(command, url, log) {
  const target = new URL(url);
  const database = decodeURIComponent(target.pathname.slice(1));
  const server = new URL(url);
  server.pathname = "/postgres";
  target.search = server.search = "";
  log("INFO", { message: "Starting schema engine CLI" });
  try {
    if (command === "create-database") await execute(server.href, `CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    else if (command === "drop-database") await execute(server.href, `DROP DATABASE ${pg.escapeIdentifier(database)}`);
    else await execute(target.href, "SELECT 1");
    return 0;
  } catch (error) {
    const code = prismaCodes[error.code] ?? "P1011";
    const message = code === "P1001" ? `Can't reach database server at ${target.host}` : error.message;
    log("ERROR", { message, error_code: code, is_panic: false });
    return 1;
  }
}

async function execute(connectionString, sql) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
