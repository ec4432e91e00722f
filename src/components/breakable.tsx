import { Fragment } from "react";

/** A text whose lines may break after the parts of an address, rather than in the middle of a word. What is copied stays as it was. */
export function Breakable({ text }: { text: string }) {
  return text.split(/(?<=[/?&])(?=[^/?&])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part may come again, and the text has no other identity
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
