import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type StorageConfig, storageConfig } from "../backup/setup/storage-config.ts";
import { googleEndpoints, usualDriveFolder } from "../backup/setup/vendor-endpoints.ts";
import type { CommandContext } from "./command.ts";
import { usageError } from "./failure.ts";

export type WhereFlags = {
  user?: string;
  keyFile?: string;
  hostKey?: string;
  region?: string;
  prefix?: string;
  clientId?: string;
  folder?: string;
};
/** A secret by its name: from standard input, or asked for. Undefined when an optional one was not given. */
export type Secrets = { need(name: string, question: string): Promise<string>; find(name: string): string | undefined };

/** What a person typed as the place of a backup, with its secrets. @throws CliError USAGE; StorageError */
export async function readWhere(where: string, flags: WhereFlags, secrets: Secrets, { output }: CommandContext): Promise<StorageConfig> {
  const config = await configFrom(where, flags, secrets, output);
  const read = storageConfig.safeParse(config);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw usageError(
    `${issue?.path.join(".") ?? "The place"}: ${issue?.message ?? "cannot be used"}`,
    "`deskhand help backup init` shows how it is used.",
  );
}

async function configFrom(where: string, flags: WhereFlags, secrets: Secrets, output: CommandContext["output"]): Promise<object> {
  const [, scheme, rest] = where.match(/^(s3|webdav):(https?:\/\/.+)$/) ?? [];
  if (where.startsWith("sftp://")) return sftpFrom(where, flags, secrets, output);
  if (scheme === "s3") {
    return {
      kind: "s3",
      endpoint: rest?.replace(/\/+$/, ""),
      region: flags.region ?? "us-east-1",
      prefix: flags.prefix ?? "",
      accessKeyId: await secrets.need("access-key-id", "Access key id"),
      secretAccessKey: await secrets.need("secret-access-key", "Secret access key"),
    };
  }
  if (scheme === "webdav") {
    const { user = "" } = flags;
    return { kind: "webdav", url: rest, user, password: user ? await secrets.need("password", `Password of ${user}`) : "" };
  }
  if (where === "google-drive" || where === "dropbox") return cloudFrom(where, flags, secrets, output);
  if (/^[a-z][a-z0-9+.-]+:/i.test(where) && !/^[a-z]:[\\/]/i.test(where)) {
    throw usageError(
      `"${where}" is no place for a backup.`,
      "Give a folder, sftp://…, s3:https://…, webdav:https://…, google-drive or dropbox.",
    );
  }
  return { kind: "folder", folder: path.resolve(where.replace(/^~(?=$|[/\\])/, homedir())) };
}

async function sftpFrom(where: string, flags: WhereFlags, secrets: Secrets, output: CommandContext["output"]): Promise<object> {
  const url = URL.parse(where);
  if (!url?.hostname || !url.username || url.password) {
    throw usageError("The address is not as expected.", "Write it like sftp://ann@nas.example:22/backups; a password is asked for.");
  }
  const [host, port, user] = [url.hostname, Number(url.port || 22), decodeURIComponent(url.username)];
  // a path below the home folder is written as /~/…
  const folder = decodeURIComponent(url.pathname)
    .replace(/^\/~\//, "")
    .replace(/\/+$/, "");
  const hostKey = flags.hostKey ?? (await (await import("../backup/storage/sftp.ts")).readHostKey({ host, port, user }));
  if (!flags.hostKey) output.tell({ type: "host-key", hostKey }, `The server's key is ${hostKey}. From here on no other one is taken.`);
  const keyPassphrase = secrets.find("key-passphrase");
  const credentials = flags.keyFile
    ? { privateKey: readKey(flags.keyFile), ...(keyPassphrase ? { keyPassphrase } : {}) }
    : { password: await secrets.need("password", `Password of ${user} on ${host}`) };
  return { kind: "sftp", host, port, user, folder: folder || "deskhand", hostKey, ...credentials };
}

async function cloudFrom(
  kind: "google-drive" | "dropbox",
  flags: WhereFlags,
  secrets: Secrets,
  output: CommandContext["output"],
): Promise<object> {
  const { clientId } = flags;
  if (!clientId) throw usageError("Give your own app's id with --client-id.", "docs/backup.md says how to make one.");
  const { askDropbox, signInToGoogle } = await import("../backup/setup/sign-in.ts");
  const given = secrets.find("refresh-token");
  if (kind === "dropbox") {
    const signIn = async () => {
      const { address, finish } = askDropbox(clientId);
      output.tell({ type: "sign-in", address }, `Open this address, allow it, and bring back the code:\n${address}`);
      return finish(await secrets.need("code", "Code"));
    };
    return { kind, clientId, refreshToken: given ?? (await signIn()), folder: flags.folder ?? "" };
  }
  const clientSecret = await secrets.need("client-secret", "Client secret");
  const show = (address: string, code: string) =>
    output.tell({ type: "sign-in", address, code }, `Open ${address} and type the code ${code}`);
  const client = { clientId, clientSecret, refreshToken: given ?? (await signInToGoogle({ clientId, clientSecret }, show)) };
  const { findDriveFolder } = await import("../backup/storage/google-drive.ts");
  return { kind, ...client, folderId: await findDriveFolder(client, flags.folder ?? usualDriveFolder, googleEndpoints()) };
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageError(
      `The key file cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      "Give the path of a private key with --key-file.",
    );
  }
}
