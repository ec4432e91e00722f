import { randomUUID } from "node:crypto";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import type { WorkflowView } from "@deskhand/shared/schemas/workflow";
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";
import type { Product } from "./product.ts";

/** The demo project over REST: a test makes what it needs there, with names of its own, on the local runner. */
export class Demo {
  readonly #request: APIRequestContext;
  readonly #product: Product;

  constructor(request: APIRequestContext, product: Product) {
    this.#request = request;
    this.#product = product;
  }

  async call<Answer>(method: "GET" | "POST" | "PUT", path: string, data?: unknown): Promise<Answer> {
    const response = await this.send(method, path, data);
    expect(response.ok(), `${method} ${path} answered ${response.status()}: ${await response.text()}`).toBe(true);
    return (await response.json()) as Answer;
  }

  /** For a call that may be refused. */
  send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, data?: unknown): Promise<APIResponse> {
    const { url, firstRun } = this.#product;
    const headers = { authorization: `Bearer ${firstRun.apiKey}` };
    return this.#request.fetch(`${url}/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) });
  }

  createProfile(name = own("Profile")): Promise<ProfileView> {
    return this.call("POST", "/profiles", { runnerId: this.#product.firstRun.runnerId, name });
  }

  /** What the local runner is called. */
  async runnerName(): Promise<string> {
    const { name } = await this.call<{ name: string }>("GET", `/runners/${this.#product.firstRun.runnerId}`);
    return name;
  }

  createWorkflow(recording: Recording): Promise<WorkflowView> {
    return this.call("POST", "/workflows", { name: recording.title, recording: JSON.stringify(recording) });
  }

  /** Starts a workflow on a profile of the local runner. @returns the run's id */
  async deploy(workflowId: string, profileId: string): Promise<string> {
    const { runnerId } = this.#product.firstRun;
    const { runIds } = await this.call<{ runIds: string[] }>("POST", "/deployments", { workflowId, runnerId, profileIds: [profileId] });
    return runIds[0] as string;
  }

  /** Starts a recording on a profile that nobody else uses. @returns the run's id */
  async start(recording: Recording): Promise<string> {
    const [workflow, profile] = await Promise.all([this.createWorkflow(recording), this.createProfile()]);
    return this.deploy(workflow.id, profile.id);
  }

  async ended(runId: string): Promise<RunDetail> {
    const ask = () => this.call<RunDetail>("GET", `/runs/${runId}`);
    await expect.poll(async () => isFinal((await ask()).state), { timeout: 90_000 }).toBe(true);
    return ask();
  }
}

/** A name that no other test uses. */
export function own(noun: string): string {
  return `${noun} ${randomUUID().slice(0, 8)}`;
}
