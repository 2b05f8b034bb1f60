import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";

/** The options of every sink of AWS. */
export const AWS_FIELDS = {
  region: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u, { error: "expected a region, such as eu-central-1" })
    .optional()
    .describe("the region, such as eu-central-1; without it that of the address, else $AWS_REGION"),
  credentials: strict({
    accessKeyId: SecretRef.describe("the id of an access key"),
    secretAccessKey: SecretRef.describe("its secret key"),
    sessionToken: SecretRef.optional().describe("the session token of a key that expires"),
  })
    .optional()
    .describe("an access key; without it that of the environment, else the role of the service account"),
} as const;

/** `AWS_FIELDS` as an object. */
export const AwsOptions = strict(AWS_FIELDS);
export type AwsOptions = z.infer<typeof AwsOptions>;
