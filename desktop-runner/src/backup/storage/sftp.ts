import { createHash, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { Client, type FileEntryWithStats, type SFTPWrapper } from "ssh2";
import { objectFolders, type Storage, StorageError } from "./storage.ts";

export type SftpConfig = {
  host: string;
  port: number;
  user: string;
  folder: string;
  /** Of the server's key, as `ssh-keygen -l` writes it: SHA256:… */
  hostKey: string;
  password?: string | undefined;
  /** OpenSSH or PEM. */
  privateKey?: string | undefined;
  keyPassphrase?: string | undefined;
};

const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
const connectMs = 20_000;

/** A folder of a server with SSH. It is only talked to when its key is the one that was seen, or given, at set-up. */
export function openSftp(config: SftpConfig): Storage {
  let session: Promise<{ client: Client; sftp: SFTPWrapper }> | undefined;
  const made = new Set<string>();
  const connected = () => {
    session ??= connect(config, () => {
      session = undefined;
    });
    return session;
  };
  const place = (name: string) => `${config.folder.replace(/\/+$/, "")}/${name}`;
  const attempt = async <T>(what: string, work: (sftp: SFTPWrapper) => Promise<T>): Promise<T> => {
    const { sftp } = await connected();
    try {
      return await work(sftp);
    } catch (error) {
      throw toStorageError(error, what);
    }
  };
  return {
    async list(kind) {
      const entries = await attempt(kind, (sftp) => promisify<string, FileEntryWithStats[]>(sftp.readdir.bind(sftp))(place(kind))).catch(
        nothingThere,
      );
      return (entries ?? [])
        .filter(({ filename, attrs }) => attrs.isFile() && !filename.endsWith(".tmp"))
        .map(({ filename, attrs }) => ({ name: filename, bytes: attrs.size, modifiedAt: attrs.mtime * 1_000 }));
    },
    get: (path) => attempt(path, (sftp) => promisify<string, Buffer>(sftp.readFile.bind(sftp))(place(path))),
    async put(path, content) {
      const [kind, name] = path.split("/") as [string, string];
      const beside = place(`${kind}/.${name}.${randomBytes(6).toString("hex")}.tmp`);
      await attempt(path, async (sftp) => {
        if (!made.has(kind)) {
          await makeFolders(sftp, place(kind));
          made.add(kind);
        }
        try {
          await promisify<string, Buffer, { mode: number }>(sftp.writeFile.bind(sftp))(beside, content, { mode: 0o600 });
          await moveOver(sftp, beside, place(path));
        } catch (error) {
          await promisify<string>(sftp.unlink.bind(sftp))(beside).catch(() => {});
          throw error;
        }
      });
    },
    async delete(path) {
      await attempt(path, (sftp) => promisify<string>(sftp.unlink.bind(sftp))(place(path))).catch(nothingThere);
    },
    async tidy() {
      for (const kind of objectFolders) {
        const list = (sftp: SFTPWrapper) => promisify<string, FileEntryWithStats[]>(sftp.readdir.bind(sftp))(place(kind));
        for (const { filename, attrs } of (await attempt(kind, list).catch(nothingThere)) ?? []) {
          if (!attrs.isFile() || !filename.endsWith(".tmp")) continue;
          await attempt(kind, (sftp) => promisify<string>(sftp.unlink.bind(sftp))(place(`${kind}/${filename}`))).catch(nothingThere);
        }
      }
    },
    async close() {
      const { client } = (await session?.catch(() => undefined)) ?? {};
      session = undefined;
      client?.end();
    },
  };
}

/** The fingerprint of the key that the server shows. @throws StorageError UNREACHABLE, TIMED_OUT */
export async function readHostKey({ host, port, user }: Pick<SftpConfig, "host" | "port" | "user">): Promise<string> {
  let seen: string | undefined;
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.on("error", (error) => (seen ? resolve(seen) : reject(toStorageError(error, host))));
    client.connect({
      host,
      port,
      username: user,
      readyTimeout: connectMs,
      hostVerifier: (key: Buffer) => {
        seen = fingerprint(key);
        return false;
      },
    });
  });
}

function connect(config: SftpConfig, onGone: () => void): Promise<{ client: Client; sftp: SFTPWrapper }> {
  const { host, port, user, hostKey, password, privateKey, keyPassphrase } = config;
  const client = new Client();
  let isOther = false;
  return new Promise((resolve, reject) => {
    client.once("ready", () => {
      client.sftp((error, sftp) => {
        if (error) reject(toStorageError(error, host));
        else resolve({ client, sftp });
      });
    });
    client.on("error", (error) => {
      onGone();
      reject(isOther ? new StorageError("HOST_KEY_CHANGED", host) : toStorageError(error, host));
    });
    client.once("close", () => {
      onGone();
      reject(new StorageError("UNREACHABLE", host));
    });
    try {
      client.connect({
        host,
        port,
        username: user,
        readyTimeout: connectMs,
        keepaliveInterval: 15_000,
        hostVerifier: (key: Buffer) => {
          isOther = fingerprint(key) !== hostKey;
          return !isOther;
        },
        ...(password === undefined ? {} : { password }),
        ...(privateKey === undefined ? {} : { privateKey }),
        ...(keyPassphrase === undefined ? {} : { passphrase: keyPassphrase }),
      });
    } catch {
      // a private key that cannot be read; the library's words may repeat it
      reject(new StorageError("DENIED", "the private key cannot be read"));
    }
  });
}

/** POSIX rename takes the place of what is there; the one of the protocol itself does not. */
async function moveOver(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  const rename = promisify<string, string>(sftp.rename.bind(sftp));
  try {
    await promisify<string, string>(sftp.ext_openssh_rename.bind(sftp))(from, to);
  } catch (error) {
    if (!/does not support/i.test((error as Error).message)) throw error;
    await promisify<string>(sftp.unlink.bind(sftp))(to).catch(() => {});
    await rename(from, to);
  }
}

async function makeFolders(sftp: SFTPWrapper, folder: string): Promise<void> {
  const parts = folder.split("/");
  for (let length = 1; length <= parts.length; length++) {
    const part = parts.slice(0, length).join("/");
    if (part === "" || part === ".") continue;
    // one that is there is refused as a failure of no name
    await promisify<string>(sftp.mkdir.bind(sftp))(part).catch(() => {});
  }
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function toStorageError(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const { code, level, message } = error as Error & { code?: unknown; level?: string };
  if (code === NO_SUCH_FILE) return new StorageError("NOT_FOUND", what);
  if (code === PERMISSION_DENIED || level === "client-authentication") return new StorageError("DENIED", what);
  if (level === "client-timeout") return new StorageError("TIMED_OUT", what);
  // OpenSSH has no code for a full disk: it is a failure with these words, where it says any
  if (/no space|quota/i.test(message)) return new StorageError("FULL", what);
  return new StorageError("UNREACHABLE", `${what}${code === undefined ? "" : ` (${code})`}`);
}

function nothingThere(error: unknown): undefined {
  if (error instanceof StorageError && error.code === "NOT_FOUND") return undefined;
  throw error;
}
