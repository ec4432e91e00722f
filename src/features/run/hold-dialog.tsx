import type { HoldNews } from "@deskhand/shared/protocol/hold";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import classes from "./hold.module.css";
import type { Hold } from "./use-hold.ts";

type Props = { asks: NonNullable<HoldNews["asks"]>; add: Hold["add"] };

/** What a page asks in a dialog of its own, for whoever has it. */
export function HoldDialog({ asks, add }: Props) {
  const { id, kind, message, value } = asks;
  const [text, setText] = useState(value);
  const [isAnswered, setAnswered] = useState(false);
  const answer = (accept: boolean) => {
    setAnswered(true);
    add({ t: "dialog", dialogId: id, accept, ...(accept && kind === "prompt" && { text }) });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    answer(true);
  };
  const [yes, no] = kind === "beforeunload" ? ["Leave", "Stay"] : ["OK", "Cancel"];
  return (
    <form className={classes.note} onSubmit={submit} aria-label="The page asks">
      <span role="alert" className={classes.asked}>
        {kind === "beforeunload" ? "The page asks whether to leave it: what was not saved may be lost." : message || "The page asks."}
      </span>
      {kind === "prompt" && (
        <TextInput
          size="xs"
          className={classes.address}
          aria-label="Answer"
          value={text}
          maxLength={1_000}
          onChange={(event) => setText(event.currentTarget.value)}
          autoFocus
        />
      )}
      <Button size="compact-sm" type="submit" disabled={isAnswered}>
        {yes}
      </Button>
      {kind !== "alert" && (
        <Button size="compact-sm" variant="default" disabled={isAnswered} onClick={() => answer(false)}>
          {no}
        </Button>
      )}
    </form>
  );
}
