"use client";

import type { HoldNews } from "@deskhand/shared/protocol/hold";
import { ActionIcon, Button, FileButton, TextInput, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconHandStop, IconKeyboard, IconReload } from "@tabler/icons-react";
import { type FormEvent, type RefObject, useEffect, useState } from "react";
import classes from "./hold.module.css";
import { HoldDialog } from "./hold-dialog.tsx";
import { fileInputs } from "./hold-files.ts";
import type { Hold } from "./use-hold.ts";

type Props = {
  hold: Hold;
  keys: RefObject<HTMLTextAreaElement | null>;
  giveBackRef: RefObject<HTMLButtonElement | null>;
  /** What ends it, where it is not given back to a run that goes on. */
  end?: React.ReactNode;
};

/** What a browser has around its page, for a person who has a run's page. */
export function HoldBar({ hold, keys, giveBackRef, end }: Props) {
  const { news, add } = hold;
  const url = news?.tabs[news.shown]?.url ?? "";
  return (
    <>
      <div className={classes.bar}>
        {news && news.tabs.length > 1 && <Tabs news={news} onShow={(index) => add({ t: "tab", index })} />}
        <Move label="Back" icon={<IconArrowLeft size={16} />} onClick={() => add({ t: "go", to: "back" })} />
        <Move label="Forward" icon={<IconArrowRight size={16} />} onClick={() => add({ t: "go", to: "forward" })} />
        <Move label="Load again" icon={<IconReload size={16} />} onClick={() => add({ t: "go", to: "reload" })} />
        <Address url={url} onGo={(to) => add({ t: "go", to })} />
        <Move label="Keyboard" icon={<IconKeyboard size={16} />} onClick={() => keys.current?.focus({ preventScroll: true })} />
        <span className={classes.delay} title="From your hand to the page and back">
          {hold.delayMs === null ? "…" : `${hold.delayMs} ms`}
        </span>
        {end ?? (
          <Button ref={giveBackRef} size="compact-sm" leftSection={<IconHandStop size={15} aria-hidden />} onClick={hold.giveBack}>
            Give back
          </Button>
        )}
      </div>
      {news && !news.isWaiting && (
        <p className={classes.note} role="status">
          The run finishes what it is doing, and then waits for you.
        </p>
      )}
      {news?.asks && <HoldDialog key={news.asks.id} asks={news.asks} add={add} />}
      {news?.dialog && !news.asks && (
        <p className={classes.note} role="status">
          The page said: “{news.dialog}” It was answered by itself.
        </p>
      )}
      {news?.trouble && (
        <p className={classes.note} role="alert">
          {news.trouble}
        </p>
      )}
      {news?.chooser && <Files key={news.chooser.id} chooser={news.chooser} add={add} />}
    </>
  );
}

function Move({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Tabs({ news, onShow }: { news: HoldNews; onShow: (index: number) => void }) {
  return (
    <div className={classes.tabs} role="tablist" aria-label="Tabs of the page">
      {news.tabs.map(({ title, url }, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a tab is its place
          key={index}
          type="button"
          role="tab"
          className={classes.tab}
          aria-selected={index === news.shown}
          onClick={() => onShow(index)}
        >
          {title || url}
        </button>
      ))}
    </div>
  );
}

function Address({ url, onGo }: { url: string; onGo: (url: string) => void }) {
  const [text, setText] = useState(url);
  const [wrong, setWrong] = useState(false);
  useEffect(() => setText(url), [url]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
    setWrong(!URL.canParse(whole));
    if (URL.canParse(whole)) onGo(new URL(whole).href);
  };
  return (
    <form className={classes.address} onSubmit={submit}>
      <TextInput
        size="xs"
        type="text"
        inputMode="url"
        aria-label="Address of the page"
        value={text}
        error={wrong && "This is not an address."}
        onChange={(event) => setText(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
      />
    </form>
  );
}

type FilesProps = { chooser: NonNullable<HoldNews["chooser"]>; add: Hold["add"] };

function Files({ chooser, add }: FilesProps) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const give = async (files: File[]) => {
    const inputs = await fileInputs(chooser.id, files);
    if (inputs === null) setTrouble("These are larger than 50 MB together.");
    else add(...inputs);
  };
  return (
    <div className={classes.note} role="status">
      <span>{trouble ?? (chooser.multiple ? "The page asks for files." : "The page asks for a file.")}</span>
      {chooser.multiple ? (
        <FileButton multiple onChange={(files) => void give(files)}>
          {(props) => (
            <Button size="compact-sm" {...props}>
              Choose files
            </Button>
          )}
        </FileButton>
      ) : (
        <FileButton onChange={(file) => void (file && give([file]))}>
          {(props) => (
            <Button size="compact-sm" {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
      )}
      <Button size="compact-sm" variant="default" onClick={() => add({ t: "no-file", chooserId: chooser.id })}>
        None
      </Button>
    </div>
  );
}
