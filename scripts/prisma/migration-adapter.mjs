import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { parse } from "pg-connection-string";

// PostgreSQL's type numbers of "char" (pg_catalog is full of it) and text
const charType = 18;
const textType = 25;

/** @prisma/adapter-pg with three mends that the schema engine needs. */
export class MigrationAdapter extends PrismaPg {
  constructor(config, options) {
    super(config, options);
    this.settings = config;
    this.adapterOptions = options;
  }

  static fromUrl(url) {
    const schema = url ? (new URL(url).searchParams.get("schema") ?? undefined) : undefined;
    const { schema: _, ...config } = parse(url ?? "");
    return new MigrationAdapter(config, { schema });
  }

  async connect() {
    return mend(await super.connect());
  }

  /**
   * The adapter's own lets a connection string win over the shadow database's name, so that the "shadow" is the real
   * database; and it drops the database before its pool is closed.
   */
  async connectToShadowDb() {
    const server = new pg.Client(this.settings);
    await server.connect();
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    await server.query(`CREATE DATABASE "${database}"`);
    const shadow = await new MigrationAdapter({ ...this.settings, database }, this.adapterOptions).connect();
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await server.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await server.end();
    };
    return shadow;
  }
}

function mend(connection) {
  handOverChars(connection);
  if (connection.startTransaction) {
    const startTransaction = connection.startTransaction.bind(connection);
    connection.startTransaction = async (level) => mend(await startTransaction(level));
  }
  if (connection.executeScript) {
    // the adapter splits at every `;`, also inside string literals and $$ bodies
    connection.executeScript = async (script) => {
      try {
        await connection.client.query(script);
      } catch (error) {
        connection.onError(error);
      }
    };
  }
  return connection;
}

/** The adapter refuses the type "char": read such columns as text and declare them as characters. */
function handOverChars(connection) {
  const performIO = connection.performIO.bind(connection);
  const queryRaw = connection.queryRaw.bind(connection);
  const charColumns = new WeakMap();
  connection.performIO = async (query) => {
    const result = await performIO(query);
    charColumns.set(query, result.fields?.map((field) => field.dataTypeID === charType) ?? []);
    for (const field of result.fields ?? []) if (field.dataTypeID === charType) field.dataTypeID = textType;
    return result;
  };
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    charColumns.get(query)?.forEach((isChar, index) => {
      if (isChar) result.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return result;
  };
}
