import express, { type ErrorRequestHandler, type Express } from "express";

import { onlyFrom } from "./caller.ts";
import { patchFor, wantedProfile } from "./injection.ts";
import { readProfile } from "./profiles.ts";
import type { InjectionReports } from "./reporting.ts";
import { type AdmissionAnswer, AdmissionReview, admit, Pod } from "./review.ts";

/** An object of the API may have 1.5 MB, and JSON of it more. */
const LARGEST_REVIEW = "8mb";

/** The collaborators and values of the webhook. */
export interface WebhookOptions {
  /** A JSON file: name → profile. */
  readonly profiles: string;
  readonly reports: InjectionReports;
  /** The common name in the certificate of the API server; undefined: everyone may ask. */
  readonly caller?: string | undefined;
}

/** The webhook: POST /mutate for the API server, GET /healthz for the kubelet. */
export function createWebhook({ profiles, reports, caller }: WebhookOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", (_request, response) => void response.send("ok"));
  if (caller !== undefined) app.use("/mutate", onlyFrom(caller));
  app.post("/mutate", express.json({ limit: LARGEST_REVIEW }), async (request, response) => {
    const review = AdmissionReview.safeParse(request.body);
    if (!review.success) {
      response.status(400).send("not an AdmissionReview of admission.k8s.io/v1");
      return;
    }
    response.json(await answer(review.data, profiles, reports));
  });
  app.use(refuse);
  return app;
}

/** Lets every Pod in. Reports missing parts as an Event afterwards, so that no Pod waits for that. */
async function answer(
  { request: { uid, namespace, dryRun = false, object } }: AdmissionReview,
  profiles: string,
  reports: InjectionReports,
): Promise<AdmissionAnswer> {
  const parsed = Pod.safeParse(object);
  if (!parsed.success) return admit(uid, { warning: "injector.shop.example: this is no Pod" });
  const pod = parsed.data;
  const profile = wantedProfile(pod);
  if (profile === undefined) return admit(uid, {});
  try {
    const patch = patchFor(pod, await readProfile(profiles, profile));
    if (!dryRun) void reports.worked(namespace, pod);
    return admit(uid, { patch });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (!dryRun) void reports.failed(namespace, pod, error);
    // A warning is one line of at most 120 characters, or the API server cuts it.
    return admit(uid, {
      warning: `injector.shop.example: ${error.message}`.replaceAll(/\s+/gu, " ").slice(0, 120),
    });
  }
}

/** Nothing of what is wrong with a request goes back to who sent it. */
const refuse: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).send("not JSON");
};
