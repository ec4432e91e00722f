/** Base64 of bytes, also of many. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  // as many characters as a call may have arguments
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
}
