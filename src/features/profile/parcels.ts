import { PARCEL_PATH } from "@deskhand/shared/protocol/parcels";
import { sha256 } from "@deskhand/shared/signing/make-manifest";
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

/** The word by which a parcel is put there and taken, and what the server may know of it. */
export async function newParcelToken(): Promise<{ token: string; tokenHash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const token = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
  return { token, tokenHash: await sha256(new TextEncoder().encode(token)) };
}

/** A file that only this runner can open. */
export async function sealFile(recipient: string, content: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return new Uint8Array(await encrypter.encrypt(content));
}

/** The same of a text, armored. */
export async function sealText(recipient: string, text: string): Promise<string> {
  return armor.encode(await sealFile(recipient, new TextEncoder().encode(text)));
}

/** A key that is this page's only, for one file. */
export async function newFileKey(): Promise<{ recipient: string; open(sealed: Uint8Array): Promise<Uint8Array> }> {
  const identity = await generateX25519Identity();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return { recipient: await identityToRecipient(identity), open: (sealed) => decrypter.decrypt(sealed) };
}

type Parcel = { parcelId: string; token: string };

/** @throws Error when the server does not take it */
export async function putParcel(parcel: Parcel, sealed: Uint8Array<ArrayBuffer>): Promise<void> {
  const answer = await ask(parcel, "PUT", sealed);
  if (!answer.ok) throw new Error("The file could not be sent. Check your connection, then try again.");
}

/** Takes what is in it, and has it removed. @throws Error when it is not there any more */
export async function takeParcel(parcel: Parcel): Promise<Uint8Array> {
  const answer = await ask(parcel, "GET");
  if (!answer.ok) throw new Error("The file is not there any more. Export it again.");
  const sealed = new Uint8Array(await answer.arrayBuffer());
  // what is left there is gone within an hour
  ask(parcel, "DELETE").catch(() => {});
  return sealed;
}

function ask({ parcelId, token }: Parcel, method: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(`${PARCEL_PATH}${parcelId}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
    ...(body && { body }),
  });
}
