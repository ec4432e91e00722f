/** How far an operation is; bytes are of what it reads or writes here, and of what it sends to the storage or fetches from it. */
export type BackupProgress = {
  phase: "looking" | "saving" | "restoring" | "checking" | "tidying";
  /** Profiles, or objects when it checks or tidies. */
  done: number;
  total: number;
  bytesHere: number;
  bytesThere: number;
};

export type OnProgress = (progress: BackupProgress) => void;
