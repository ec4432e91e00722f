import * as z from "zod";

const text = z.string().min(1).max(2_000);
const oauth = { clientId: text, clientSecret: text.optional(), refreshToken: text };

/** Where the repository lies and how it is reached, with the credentials: they are on this device and nowhere else. */
export const storageConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("folder"), folder: text }),
  z.strictObject({
    kind: z.literal("sftp"),
    host: text,
    port: z.number().int().min(1).max(65_535),
    user: text,
    folder: text,
    hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "A host key's fingerprint begins with SHA256: (see `ssh-keygen -l`)."),
    password: text.optional(),
    privateKey: z.string().min(1).max(20_000).optional(),
    keyPassphrase: text.optional(),
  }),
  z.strictObject({
    kind: z.literal("s3"),
    endpoint: z.url({ protocol: /^https?$/ }),
    region: text,
    prefix: z.string().max(500),
    accessKeyId: text,
    secretAccessKey: text,
  }),
  z.strictObject({
    kind: z.literal("webdav"),
    url: z.url({ protocol: /^https?$/ }),
    user: z.string().max(500),
    password: z.string().max(2_000),
  }),
  z.strictObject({ kind: z.literal("google-drive"), ...oauth, folderId: text }),
  z.strictObject({ kind: z.literal("dropbox"), ...oauth, folder: z.string().max(500) }),
]);
export type StorageConfig = z.infer<typeof storageConfig>;

/** Where it is, for people: without credentials. */
export function describeStorage(config: StorageConfig): string {
  switch (config.kind) {
    case "folder":
      return config.folder;
    case "sftp":
      return `sftp://${config.user}@${config.host}:${config.port}${config.folder.startsWith("/") ? "" : "/~/"}${config.folder}`;
    case "s3":
      return `${config.endpoint}${config.prefix ? `/${config.prefix}` : ""}`;
    case "webdav":
      return config.url;
    case "google-drive":
      return "Google Drive";
    case "dropbox":
      return `Dropbox${config.folder ? ` (${config.folder})` : ""}`;
  }
}
