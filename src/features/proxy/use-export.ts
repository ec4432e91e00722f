import { proxiesAsJson, proxiesAsText } from "@deskhand/shared/schemas/export-proxies";
import type { ProxyView } from "@deskhand/shared/schemas/proxy";
import { notifyError } from "@/components/notify";
import { saveFile } from "@/components/save-file";
import { useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** Saves all proxies of the project as a file that can be imported again, without their passwords. */
export function useExport() {
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  return async (format: "text" | "json") => {
    try {
      const proxies: ProxyView[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await client.proxy.list.query({ projectId, limit: 100, ...(cursor && { cursor }) });
        proxies.push(...page.items);
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      const [text, type] = format === "json" ? [proxiesAsJson(proxies), "application/json"] : [proxiesAsText(proxies), "text/plain"];
      saveFile(new Blob([text], { type }), `proxies.${format === "json" ? "json" : "txt"}`);
    } catch (error) {
      notifyError(error);
    }
  };
}
