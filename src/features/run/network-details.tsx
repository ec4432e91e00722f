"use client";

import { CloseButton, Text, Title } from "@mantine/core";
import { formatMs } from "./network-list.tsx";
import type { NetworkRow } from "./network-rows.ts";
import classes from "./run-network.module.css";

type Pair = { name: string; value: string };

/** One request: its address, headers and how long each part of it took. */
export function NetworkDetails({ row, onClose }: { row: NetworkRow; onClose: () => void }) {
  const { request, response, timings, serverIPAddress } = row.entry;
  const facts: Pair[] = [
    { name: "Address", value: request.url },
    { name: "Answer", value: response.status > 0 ? `${response.status} ${response.statusText}` : (response._failureText ?? "none") },
    { name: "Type", value: response.content.mimeType },
    { name: "Protocol", value: response.httpVersion },
    ...(serverIPAddress ? [{ name: "Server", value: serverIPAddress }] : []),
    ...(response.redirectURL ? [{ name: "Redirects to", value: response.redirectURL }] : []),
  ];
  const spans = [
    ["Waited for its turn", timings.blocked],
    ["Name looked up", timings.dns],
    ["Connected", timings.connect],
    ["Of that, encryption", timings.ssl],
    ["Sent", timings.send],
    ["Waited for the answer", timings.wait],
    ["Received", timings.receive],
  ] as const;
  const times = spans.flatMap(([name, ms]) => (ms === undefined || ms < 0 ? [] : [{ name, value: formatMs(ms) }]));
  return (
    <section className={classes.details} aria-label={`Request ${row.name}`}>
      <div className={classes.detailsHead}>
        <Title order={3} size="h4" style={{ overflowWrap: "anywhere" }}>
          {request.method} {row.name}
        </Title>
        <CloseButton aria-label="Close the request" onClick={onClose} />
      </div>
      <Pairs label="General" pairs={facts} />
      <Pairs label="Times" pairs={times} />
      <Pairs label="Request headers" pairs={request.headers} />
      <Pairs label="Answer's headers" pairs={response.headers} />
      <Text size="sm" c="dimmed">
        Bodies are not kept; cookies and whatever else lets somebody in are hidden.
      </Text>
    </section>
  );
}

function Pairs({ label, pairs }: { label: string; pairs: Pair[] }) {
  if (pairs.length === 0) return null;
  return (
    <div>
      <Title order={4} size="h5" mb={4}>
        {label}
      </Title>
      <dl className={classes.pairs}>
        {pairs.map(({ name, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: headers may have the same name, and do not change
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
