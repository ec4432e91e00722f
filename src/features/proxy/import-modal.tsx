import { hostAndPort } from "@deskhand/shared/schemas/export-proxies";
import { type PastedProxy, parseProxies } from "@deskhand/shared/schemas/parse-proxies";
import type { ProxyScheme } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Button, Group, List, Modal, Radio, Select, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { schemeOptions, schemeWords } from "./proxy-words.ts";
import { useProxyOrders } from "./use-proxy-orders.ts";

type Props = { opened: boolean; onClose: () => void; runners: RunnerView[] };

/** Takes pasted proxies, asks about lines that can be read in two ways, and seals the passwords before anything leaves the browser. */
export function ImportModal({ opened, onClose, runners }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add proxies" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      <ImportForm onClose={onClose} runners={runners} />
    </Modal>
  );
}

function ImportForm({ onClose, runners }: Omit<Props, "opened">) {
  const orders = useProxyOrders();
  const [text, setText] = useState("");
  const [scheme, setScheme] = useState<ProxyScheme>("http");
  const [chosen, setChosen] = useState<Record<string, number>>({});
  const [settled] = useDebouncedValue(text, 150);
  const lines = useMemo(() => parseProxies(settled, scheme), [settled, scheme]);
  const invalid = lines.filter((line) => line.kind === "invalid");
  const unclear = lines.filter((line) => line.kind === "ambiguous");
  // the line's own words are part of the key: a choice is for what was there when it was made
  const keyOf = (line: number) => `${line} ${settled.split(/\r\n?|\n/)[line - 1] ?? ""}`;
  const proxies = lines.flatMap((line): PastedProxy[] => {
    if (line.kind === "parsed") return [line.proxy];
    const choice = line.kind === "ambiguous" ? line.candidates[chosen[keyOf(line.line)] ?? -1] : undefined;
    return choice ? [choice] : [];
  });
  const add = useMutation({
    mutationFn: () => orders.add(proxies),
    onSuccess: ({ added, skipped }) => {
      const known = skipped > 0 ? ` ${skipped} ${skipped === 1 ? "was" : "were"} there before.` : "";
      notifyDone(`${added} ${added === 1 ? "proxy was" : "proxies were"} added.${known}`);
      onClose();
    },
  });
  const open = unclear.filter(({ line }) => chosen[keyOf(line)] === undefined).length;
  const isReady = proxies.length > 0 && open === 0 && invalid.length === 0 && settled === text;
  const needsRunner = runners.length === 0 && proxies.some(({ password, changeUrl }) => password !== null || changeUrl !== null);
  return (
    <Stack>
      {add.isError && <ErrorState error={add.error} />}
      <Textarea
        label="Proxies"
        description="One a line, or JSON: host:port, host:port:user:password, user:password@host:port, socks5://…, or columns with tabs or commas."
        placeholder={"proxy.example:8080:user:password\nsocks5://user:password@203.0.113.5:1080"}
        autosize
        minRows={6}
        maxRows={14}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        label="Lines that name no kind are"
        data={schemeOptions}
        value={scheme}
        onChange={(value) => setScheme((value as ProxyScheme | null) ?? "http")}
        allowDeselect={false}
        w={220}
      />
      {unclear.map(({ line, candidates }) => (
        <Radio.Group
          key={keyOf(line)}
          label={`Line ${line}: which is the proxy?`}
          value={String(chosen[keyOf(line)] ?? "")}
          onChange={(value) => setChosen({ ...chosen, [keyOf(line)]: Number(value) })}
        >
          <Stack gap={6} mt={6}>
            {candidates.map((candidate, index) => (
              <Radio key={hostAndPort(candidate)} value={String(index)} label={readingWords(candidate)} />
            ))}
          </Stack>
        </Radio.Group>
      ))}
      {invalid.length > 0 && (
        <Alert
          variant="light"
          color="red"
          title={invalid.length === 1 ? "A line cannot be read" : `${invalid.length} lines cannot be read`}
        >
          <List size="sm" spacing={4}>
            {invalid.slice(0, 8).map(({ line, reason }) => (
              <List.Item key={line}>
                Line {line}: {reason}
              </List.Item>
            ))}
          </List>
          {invalid.length > 8 && (
            <Text size="sm" mt={4}>
              … and {invalid.length - 8} more.
            </Text>
          )}
        </Alert>
      )}
      {needsRunner && (
        <Alert variant="light" color="yellow" title="Add a runner first">
          Passwords are sealed to runners, and the project has none yet.
        </Alert>
      )}
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {lines.length === 0 ? "" : `${proxies.length} of ${lines.length} ready${open > 0 ? `, ${open} to decide` : ""}`}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => add.mutate()} disabled={!isReady || needsRunner} loading={add.isPending}>
            {proxies.length > 1 ? `Add ${proxies.length} proxies` : "Add proxy"}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function readingWords({ scheme, username, ...endpoint }: PastedProxy): string {
  return `${schemeWords[scheme]} ${hostAndPort(endpoint)}, with the user name ${username ?? "none"}`;
}
