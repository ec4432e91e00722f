"use client";

import { ActionIcon, Box, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { Fragment } from "react";
import { Breakable } from "./breakable.tsx";
import classes from "./copy-field.module.css";

type Props = {
  /** What it is, for the button's name: "Copy the command". */
  label: string;
  value: string;
  /** Breaks long values into lines instead of scrolling them sideways. */
  wrap?: boolean;
};

/** A value to take along, such as a command or a key, with a button that copies it. */
export function CopyField({ label, value, wrap }: Props) {
  return (
    <Box className={classes.field}>
      {/* a scrolled box must be reachable by keyboard */}
      <section className={classes.value} data-wrap={wrap || undefined} aria-label={label} tabIndex={wrap ? undefined : 0}>
        <code>{wrap ? <Words text={value} /> : value}</code>
      </section>
      <CopyIcon label={`Copy ${label.charAt(0).toLowerCase()}${label.slice(1)}`} value={value} />
    </Box>
  );
}

/** Breaks between the words of a command; inside of one, such as a code with a hyphen, only where it is longer than a line, and then at a slash. */
function Words({ text }: { text: string }) {
  return text.split(" ").map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a word may come again, and the text never changes
    <Fragment key={index}>
      {index > 0 && " "}
      <span className={classes.word}>
        <Breakable text={word} />
      </span>
    </Fragment>
  ));
}

/** The copy button alone; `label` is its name. */
export function CopyIcon({ label, value }: { label: string; value: string }) {
  return (
    <CopyButton value={value} timeout={2000}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : label}>
          <ActionIcon onClick={copy} aria-label={copied ? "Copied" : label} color={copied ? "teal" : "gray"}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
