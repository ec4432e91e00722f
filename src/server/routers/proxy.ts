import { done, inProject } from "@deskhand/shared/schemas/common";
import {
  changeProxyInput,
  checkProxiesInput,
  checkStarted,
  deletePoolInput,
  deleteProxiesInput,
  importedProxies,
  importProxiesInput,
  listProxiesInput,
  poolList,
  poolView,
  proxyPage,
  proxyUsageInput,
  proxyUsagePage,
  proxyView,
  putPoolInput,
  sendPoolInput,
} from "@deskhand/shared/schemas/proxy";
import { changeProxy } from "@/server/domain/proxy/change-proxy";
import { checkProxies } from "@/server/domain/proxy/check-proxies";
import { deletePool } from "@/server/domain/proxy/delete-pool";
import { deleteProxies } from "@/server/domain/proxy/delete-proxies";
import { importProxies } from "@/server/domain/proxy/import-proxies";
import { listProxyUsage } from "@/server/domain/proxy/list-proxy-usage";
import { putPool } from "@/server/domain/proxy/put-pool";
import { listPools, listProxies } from "@/server/domain/proxy/queries";
import { sendPool } from "@/server/domain/proxy/send-pool";
import { procedure, router } from "./trpc.ts";

const tags = ["Proxies"];

export const proxyRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/proxies", tags, summary: "List proxies", protect: true } })
    .input(listProxiesInput)
    .output(proxyPage)
    .query(({ ctx, input }) => listProxies(ctx, input)),

  import: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/proxies", tags, summary: "Add proxies; their secrets come sealed to runners", protect: true },
    })
    .input(importProxiesInput)
    .output(importedProxies)
    .mutation(({ ctx, input }) => importProxies(ctx, input)),

  change: procedure
    .meta({ policy: "profile.write", openapi: { method: "PATCH", path: "/proxies/{id}", tags, summary: "Change a proxy", protect: true } })
    .input(changeProxyInput)
    .output(proxyView)
    .mutation(({ ctx, input }) => changeProxy(ctx, input)),

  delete: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/proxies/delete", tags, summary: "Delete proxies that nothing uses", protect: true },
    })
    .input(deleteProxiesInput)
    .output(done)
    .mutation(({ ctx, input }) => deleteProxies(ctx, input)),

  check: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/proxies/check", tags, summary: "Have a runner look where proxies lead out", protect: true },
    })
    .input(checkProxiesInput)
    .output(checkStarted)
    .mutation(({ ctx, input }) => checkProxies(ctx, input)),

  usage: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/proxies/usage", tags, summary: "Bytes by profile and proxy", protect: true },
    })
    .input(proxyUsageInput)
    .output(proxyUsagePage)
    .query(({ ctx, input }) => listProxyUsage(ctx, input)),

  pools: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/proxy-pools", tags, summary: "List pools of proxies", protect: true },
    })
    .input(inProject)
    .output(poolList)
    .query(({ ctx, input }) => listPools(ctx, input)),

  putPool: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "PUT", path: "/proxy-pools/{id}", tags, summary: "Make or change a pool of proxies", protect: true },
    })
    .input(putPoolInput)
    .output(poolView)
    .mutation(({ ctx, input }) => putPool(ctx, input)),

  sendPool: procedure
    .meta({
      policy: "profile.write",
      openapi: {
        method: "POST",
        path: "/proxy-pools/{id}/send",
        tags,
        summary: "Tell a runner of a pool that it does not have",
        protect: true,
      },
    })
    .input(sendPoolInput)
    .output(poolView)
    .mutation(({ ctx, input }) => sendPool(ctx, input)),

  deletePool: procedure
    .meta({
      policy: "profile.write",
      openapi: { method: "POST", path: "/proxy-pools/{id}/delete", tags, summary: "Delete a pool, not its proxies", protect: true },
    })
    .input(deletePoolInput)
    .output(done)
    .mutation(({ ctx, input }) => deletePool(ctx, input)),
});
