/** Hands a file to the browser to be saved under that name. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken the content by the next turn of a minute; freeing it at once cancels the save in some browsers
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
