import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { PoolStrategy, PoolView } from "@deskhand/shared/schemas/proxy";
import { Button, Group, Modal, MultiSelect, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { strategies } from "./proxy-words.ts";
import { useAllProxies } from "./use-all-proxies.ts";
import { useProxyOrders } from "./use-proxy-orders.ts";

type Props = { opened: boolean; onClose: () => void /** The one to change; absent for a new one. */; pool?: PoolView };

export function PoolModal({ opened, onClose, pool }: Props) {
  const title = pool ? `Edit ${pool.name}` : "Add pool";
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <PoolForm onClose={onClose} {...(pool && { pool })} />
    </Modal>
  );
}

function PoolForm({ onClose, pool }: Omit<Props, "opened">) {
  const orders = useProxyOrders();
  const proxies = useAllProxies();
  const form = useForm({
    mode: "controlled",
    initialValues: {
      name: pool?.name ?? "",
      strategy: pool?.strategy ?? ("sticky-profile" as PoolStrategy),
      minutes: ((pool?.coolDownSeconds ?? 300) / 60) as number | string,
      proxyIds: pool?.proxyIds ?? [],
    },
    validate: {
      name: (name) => (name.trim() === "" ? "Give it a name." : null),
      proxyIds: (ids) => (ids.length === 0 ? "Choose at least one proxy." : null),
    },
  });
  const save = useMutation({
    mutationFn: ({ name, strategy, minutes, proxyIds }: typeof form.values) =>
      orders.putPool({
        id: pool?.id ?? crypto.randomUUID(),
        revision: pool?.revision ?? 0,
        name: name.trim(),
        strategy,
        coolDownSeconds: Math.round(Number(minutes) * 60),
        proxyIds,
      }),
    onSuccess: () => {
      notifyDone(pool ? "The pool was changed." : "The pool was added.");
      onClose();
    },
  });
  const { strategy } = form.values;
  return (
    <form onSubmit={form.onSubmit((given) => save.mutate(given))} noValidate>
      <Stack>
        {save.isError && <ErrorState error={save.error} />}
        <TextInput label="Name" placeholder="Germany" maxLength={80} data-autofocus {...form.getInputProps("name")} />
        <MultiSelect
          label="Proxies"
          description={strategy === "failover" ? "The first is taken while it works." : undefined}
          placeholder={form.values.proxyIds.length === 0 ? "Choose" : undefined}
          data={(proxies.data ?? []).map((proxy) => ({ value: proxy.id, label: proxyName(proxy) }))}
          searchable
          hidePickedOptions
          maxDropdownHeight={220}
          nothingFoundMessage="No other proxy"
          {...form.getInputProps("proxyIds")}
        />
        <Select
          label="Chooses"
          description={strategies.find(({ value }) => value === strategy)?.description}
          data={strategies.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps("strategy")}
        />
        <NumberInput label="Leave a proxy that failed alone for" suffix=" min" min={0} max={1440} {...form.getInputProps("minutes")} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {pool ? "Save" : "Add pool"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
