import type { TaskKind } from "../protocol/task-kinds.ts";
import { toBase64Url } from "../schemas/manifest.ts";
import { moveOrders, type ProfileMoveOrder } from "../schemas/profile-move.ts";

type MovingRunner = { id: string; sealRecipient: string };

type Move = {
  profileId: string;
  from: MovingRunner;
  to: MovingRunner;
  /** Seals a text with age to this recipient, armored. */
  seal(recipient: string, text: string): Promise<string>;
  /** Signs an order over this task for this runner; undefined where it does not demand that. */
  sign(runnerId: string, command: TaskKind, payload: object): Promise<string | undefined>;
};

/**
 * What a person's own program makes for a move: a word that only the two runners get to know, and the signatures under what both are asked
 * for. The caller has seen to it that the recipients are those runners'.
 */
export async function makeMove({ profileId, from, to, seal, sign }: Move): Promise<ProfileMoveOrder> {
  const random = () => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const word = random();
  const [wordOut, wordIn] = [await seal(from.sealRecipient, word), await seal(to.sealRecipient, word)];
  const move = { id: crypto.randomUUID(), profileId, token: random(), recipient: to.sealRecipient, wordOut, wordIn };
  const orders = moveOrders(move);
  const signedOut = await sign(from.id, "profile.move-out", orders.out);
  const signedIn = await sign(to.id, "profile.move-in", orders.in);
  const signedDelete = await sign(from.id, "profile.delete", orders.delete);
  return { ...move, ...(signedOut && { signedOut }), ...(signedIn && { signedIn }), ...(signedDelete && { signedDelete }) };
}
