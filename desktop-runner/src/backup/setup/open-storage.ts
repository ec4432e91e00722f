import type { Storage } from "../storage/storage.ts";
import type { StorageConfig } from "./storage-config.ts";
import { dropboxEndpoints, googleEndpoints } from "./vendor-endpoints.ts";

/** The storage that the owner set up. Each kind's client is loaded when it is used. */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  switch (config.kind) {
    case "folder":
      return (await import("../storage/folder.ts")).openFolder(config.folder);
    case "sftp":
      return (await import("../storage/sftp.ts")).openSftp(config);
    case "s3":
      return (await import("../storage/s3.ts")).openS3(config);
    case "webdav":
      return (await import("../storage/webdav.ts")).openWebdav(config);
    case "google-drive":
      return (await import("../storage/google-drive.ts")).openGoogleDrive(config, googleEndpoints());
    case "dropbox":
      return (await import("../storage/dropbox.ts")).openDropbox(config, dropboxEndpoints());
  }
}
