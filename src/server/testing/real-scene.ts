import type { Db } from "@/server/db";
import { actorOf, createProject, createRunner } from "./factories.ts";

/** A project of its own with the accepted runner that lives in this folder. */
export async function createRealScene(db: Db, folder: { runnerId: string; publicKey: string; fingerprint: string }) {
  const project = await createProject(db);
  const projectId = project.id;
  const { runnerId: id, publicKey, fingerprint } = folder;
  const runner = await createRunner(db, { projectId, id, publicKey, fingerprint });
  return { project, projectId, actor: actorOf(project.owner), runner };
}
