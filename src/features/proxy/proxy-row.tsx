import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { hostAndPort, proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { ProxyView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { ActionIcon, Menu, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChartBar, IconDots, IconPencil, IconTrash, IconWorldSearch } from "@tabler/icons-react";
import { CardTable } from "@/components/card-table";
import { ConfirmModal } from "@/components/confirm-button";
import { notifyDone } from "@/components/notify";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import classes from "./proxy-list.module.css";
import { ProxyModal } from "./proxy-modal.tsx";
import { checkWords, countryWords, schemeWords, unawareOf } from "./proxy-words.ts";
import { UsageModal } from "./usage-modal.tsx";
import { useProxyOrders } from "./use-proxy-orders.ts";
import { UsedBy } from "./used-by.tsx";

type Props = { proxy: ProxyView; runners: RunnerView[]; isWaiting: boolean; onCheck: (() => void) | undefined };

export function ProxyRow({ proxy, runners, isWaiting, onCheck }: Props) {
  const orders = useProxyOrders();
  const [deleting, deletion] = useDisclosure(false);
  const [editing, edit] = useDisclosure(false);
  const [counting, usage] = useDisclosure(false);
  const name = proxyName(proxy);
  const { label, tone, detail } = checkWords(proxy);
  const { lastCheck } = proxy;
  const unaware = unawareOf(proxy, runners);
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <div className={classes.address}>
            {schemeWords[proxy.scheme]}
            {proxy.name && ` · ${hostAndPort(proxy)}`}
            {proxy.username && ` · ${proxy.username}`}
            {unaware.length > 0 && ` · not on ${unaware.map((runner) => runner.name).join(", ")}`}
          </div>
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="State">
        <Tooltip label={detail} disabled={detail === null} multiline w={300} events={{ hover: true, focus: true, touch: true }}>
          <span tabIndex={detail ? 0 : undefined}>
            <StatusBadge tone={isWaiting ? "busy" : tone}>{isWaiting ? "Checking" : label}</StatusBadge>
          </span>
        </Tooltip>
      </CardTable.Cell>
      <CardTable.Cell label="Leads out in">
        {lastCheck?.exit ? (
          <div>
            <Text size="sm">
              {lastCheck.exit.country ? countryWords(lastCheck.exit.country) : lastCheck.exit.address}
              {lastCheck.latencyMs !== null && ` · ${lastCheck.latencyMs} ms`}
            </Text>
            <div className={classes.address}>
              {lastCheck.exit.country && `${lastCheck.exit.address} · `}
              <TimeAgo at={lastCheck.at} />
            </div>
          </div>
        ) : (
          <Text size="sm" c="dimmed" component="span">
            Unknown
          </Text>
        )}
      </CardTable.Cell>
      <CardTable.Cell label="Traffic">
        <span className={classes.figure}>{bytesWords(proxy.bytesSent + proxy.bytesReceived)}</span>
      </CardTable.Cell>
      <CardTable.Cell label="Used by">
        <UsedBy id={proxy.id} profiles={proxy.usedBy - proxy.usedByPools} pools={proxy.usedByPools} />
      </CardTable.Cell>
      <CardTable.Cell align="right">
        <Menu position="bottom-end" width={180}>
          <Menu.Target>
            <ActionIcon aria-label={`Actions for ${name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconWorldSearch size={15} aria-hidden />} disabled={!onCheck} onClick={onCheck}>
              Check
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={edit.open}>
              Edit
            </Menu.Item>
            <Menu.Item leftSection={<IconChartBar size={15} aria-hidden />} onClick={usage.open}>
              Traffic by profile
            </Menu.Item>
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={15} aria-hidden />} onClick={deletion.open}>
              Delete proxy
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <UsageModal opened={counting} onClose={usage.close} proxy={proxy} />
        <ProxyModal opened={editing} onClose={edit.close} proxy={proxy} />
        <ConfirmModal
          opened={deleting}
          onClose={deletion.close}
          title={`Delete ${name}?`}
          confirmLabel="Delete proxy"
          onConfirm={async () => {
            await orders.remove([proxy.id]);
            notifyDone(`${name} was deleted.`);
          }}
          message="Your runners forget it and its password. What it has carried for profiles is not counted any more."
        />
      </CardTable.Cell>
    </CardTable.Row>
  );
}
