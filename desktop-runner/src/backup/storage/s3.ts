import { S3mini, S3NetworkError, S3ServiceError } from "s3mini";
import { errorOfStatus, networkError, type Storage, StorageError, telling } from "./storage.ts";

export type S3Config = {
  /** With the bucket: https://s3.eu-central-1.amazonaws.com/bucket, or https://bucket.example.com. */
  endpoint: string;
  region: string;
  /** Before all names, for a bucket that holds other things too. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
};

/** A bucket of Amazon S3, or of anything that speaks its protocol: R2, B2, MinIO, Garage, Ceph. */
export function openS3({ prefix, ...config }: S3Config): Storage {
  const client = new S3mini({ ...config, requestAbortTimeout: 120_000 });
  const root = prefix.replace(/^\/*|\/*$/g, "");
  const place = (name: string) => (root ? `${root}/${name}` : name);
  const attempt = telling(toStorageError);
  return {
    async list(kind) {
      const folder = place(`${kind}/`);
      const found = await attempt(kind, () => client.listObjects("/", folder));
      if (!found) throw new StorageError("NOT_FOUND", "the bucket");
      return found.map(({ Key, Size, LastModified }) => ({
        name: Key.slice(folder.length),
        bytes: Number(Size),
        modifiedAt: new Date(LastModified).getTime(),
      }));
    },
    async get(path) {
      const content = await attempt(path, () => client.getObjectArrayBuffer(place(path)));
      if (!content) throw new StorageError("NOT_FOUND", path);
      return Buffer.from(content);
    },
    async put(path, content) {
      await attempt(path, () => client.putObject(place(path), content, "application/octet-stream"));
    },
    async delete(path) {
      await attempt(path, () => client.deleteObject(place(path))).catch((error) => {
        if (!(error instanceof StorageError) || error.code !== "NOT_FOUND") throw error;
      });
    },
    async close() {},
  };
}

function toStorageError(error: unknown, what: string): StorageError {
  // the library's own words may repeat headers: only its codes are kept
  if (error instanceof S3ServiceError) return errorOfStatus(error.status, what) ?? new StorageError("BROKEN", what);
  if (error instanceof S3NetworkError) return new StorageError("UNREACHABLE", `${what}${error.code ? ` (${error.code})` : ""}`);
  return networkError(error, what);
}
