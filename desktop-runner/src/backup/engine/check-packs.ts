import { BackupError } from "../backup-error.ts";
import { ChunkReader } from "../content/read-tree.ts";
import { isDamage, type Repository, type StoredSnapshot } from "../repository/repository.ts";

/**
 * A writer stood still for so long that somebody tidied up meanwhile, and its snapshot may name what is gone: then it is taken back.
 * @throws BackupError LEASE_LOST
 */
export async function checkPacks(repository: Repository, snapshot: StoredSnapshot): Promise<void> {
  const { index } = await repository.loadIndex();
  const reader = new ChunkReader(repository, index);
  try {
    for (const tree of [
      ...snapshot.profiles.map((profile) => profile.tree),
      snapshot.runner,
      ...(snapshot.artifacts ? [snapshot.artifacts] : []),
    ]) {
      const { files } = await reader.tree(tree);
      if (files.some(({ chunks }) => chunks.some((id) => !index.find(id)))) throw new BackupError("OBJECT_MISSING");
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    await repository.storage.delete(`snapshots/${snapshot.name}`);
    throw new BackupError("LEASE_LOST");
  }
}
