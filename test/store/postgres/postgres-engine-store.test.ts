import { describeEngineStore } from "../../support/describe-engine-store.ts";
import { postgresEngineBed } from "../../support/postgres-engine-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

describeOnPostgres("the state of an engine on PostgreSQL", () => {
  describeEngineStore("PostgreSQL", postgresEngineBed);
});
