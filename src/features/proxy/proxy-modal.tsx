import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { ProxyScheme, ProxyView } from "@deskhand/shared/schemas/proxy";
import { Button, Group, Modal, NumberInput, PasswordInput, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { schemeOptions } from "./proxy-words.ts";
import { useProxyOrders } from "./use-proxy-orders.ts";

/** Changes one proxy. Its secrets are never shown: what is not typed stays as it is. */
export function ProxyModal({ opened, onClose, proxy }: { opened: boolean; onClose: () => void; proxy: ProxyView }) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Edit ${proxyName(proxy)}`} size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <ProxyForm onClose={onClose} proxy={proxy} />
    </Modal>
  );
}

function ProxyForm({ onClose, proxy }: { onClose: () => void; proxy: ProxyView }) {
  const orders = useProxyOrders();
  const form = useForm({
    mode: "controlled",
    initialValues: {
      name: proxy.name ?? "",
      scheme: proxy.scheme as ProxyScheme,
      host: proxy.host,
      port: proxy.port as number | string,
      username: proxy.username ?? "",
      password: "",
      changeUrl: "",
    },
    validate: {
      host: (host) => (host.trim() === "" ? "A host is missing." : null),
      port: (port) => (typeof port === "number" && port >= 1 && port <= 65_535 ? null : "1 to 65535."),
      changeUrl: (url) => (url === "" || /^https?:\/\//.test(url) ? null : "An address begins with http:// or https://."),
    },
  });
  const { values } = form;
  const leadsElsewhere = values.host !== proxy.host || values.port !== proxy.port || values.username !== (proxy.username ?? "");
  const save = useMutation({
    mutationFn: ({ name, scheme, host, port, username, password, changeUrl }: typeof values) => {
      // what was sealed for one host is never said to another
      const secret = (typed: string, has: boolean) => (typed !== "" ? typed : leadsElsewhere && has ? null : undefined);
      const secrets = { password: secret(password, proxy.hasPassword), changeUrl: secret(changeUrl, proxy.hasChangeUrl) };
      return orders.change({
        id: proxy.id,
        revision: proxy.revision,
        name: name.trim() || null,
        scheme,
        host: host.trim(),
        port: Number(port),
        username: username || null,
        ...secrets,
      });
    },
    onSuccess: () => {
      notifyDone("The proxy was changed.");
      onClose();
    },
  });
  const kept = (has: boolean) => (has ? (leadsElsewhere ? "It was for the proxy as it was: type it again" : "Stays as it is") : "None");
  return (
    <form onSubmit={form.onSubmit((given) => save.mutate(given))} noValidate>
      <Stack>
        {save.isError && <ErrorState error={save.error} />}
        <TextInput label="Name" placeholder="None" maxLength={80} data-autofocus {...form.getInputProps("name")} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select label="Kind" data={schemeOptions} allowDeselect={false} {...form.getInputProps("scheme")} />
          <NumberInput label="Port" min={1} max={65_535} hideControls {...form.getInputProps("port")} />
        </SimpleGrid>
        <TextInput label="Host" {...form.getInputProps("host")} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label="User name" placeholder="None" autoComplete="off" {...form.getInputProps("username")} />
          <PasswordInput
            label="Password"
            placeholder={kept(proxy.hasPassword)}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
        </SimpleGrid>
        <TextInput
          label="Address that changes the exit"
          description="Asked for before each run; until the run is over no other uses the proxy."
          placeholder={kept(proxy.hasChangeUrl)}
          {...form.getInputProps("changeUrl")}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
