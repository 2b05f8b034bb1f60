import type { DatabaseSync } from "node:sqlite";

import type { AlertState, Changes, GroupState, RuleRow, Silence, SinkLoad } from "../../alert/index.ts";
import type { Position } from "../../event/index.ts";
import type { LoadedState } from "../store.ts";

/** What the engine starts from: positions, alerts, groups, rules, silences and what sinks were told lately. */
export interface EngineRows {
  load(): LoadedState;
  write(changes: Changes): void;
}

export function createEngineRows(database: DatabaseSync): EngineRows {
  const positions = database.prepare(
    `SELECT scope, cluster_id AS clusterId, epoch, resource_version AS resourceVersion,
            coverage_start_at AS coverageStartAt, updated_at AS updatedAt FROM position`,
  );
  const rules = database.prepare("SELECT name, version, since FROM rule");
  const alerts = database.prepare("SELECT state FROM alert ORDER BY rowid");
  const groups = database.prepare("SELECT state FROM alert_group ORDER BY rowid");
  const loads = database.prepare("SELECT state FROM sink_load ORDER BY rowid");
  const silences = database.prepare("SELECT state FROM silence ORDER BY rowid");
  const putPosition = database.prepare("INSERT OR REPLACE INTO position VALUES (?, ?, ?, ?, ?, ?)");
  const putRule = database.prepare("INSERT OR REPLACE INTO rule VALUES (?, ?, ?)");
  const putAlert = database.prepare(
    "INSERT INTO alert VALUES (?, ?) ON CONFLICT (fingerprint) DO UPDATE SET state = excluded.state",
  );
  const putGroup = database.prepare(
    "INSERT INTO alert_group VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state",
  );
  const putLoad = database.prepare(
    "INSERT INTO sink_load VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET state = excluded.state",
  );
  const putSilence = database.prepare(
    "INSERT INTO silence VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
  );
  const dropAlert = database.prepare("DELETE FROM alert WHERE fingerprint = ?");
  const dropGroup = database.prepare("DELETE FROM alert_group WHERE key = ?");
  const dropLoad = database.prepare("DELETE FROM sink_load WHERE sink = ?");
  const dropSilence = database.prepare("DELETE FROM silence WHERE id = ?");

  return {
    load: () => ({
      // Written by `write` below from the same types; a change of their shape comes with a migration.
      positions: positions.all() as unknown as Position[],
      rules: rules.all() as unknown as RuleRow[],
      alerts: Array.from(alerts.iterate(), (row) => JSON.parse(String(row["state"])) as AlertState),
      groups: Array.from(groups.iterate(), (row) => JSON.parse(String(row["state"])) as GroupState),
      loads: Array.from(loads.iterate(), (row) => JSON.parse(String(row["state"])) as SinkLoad),
      silences: Array.from(silences.iterate(), (row) => JSON.parse(String(row["state"])) as Silence),
    }),
    write: (changes) => {
      for (const row of changes.positions) {
        putPosition.run(
          row.scope,
          row.clusterId,
          row.epoch,
          row.resourceVersion,
          row.coverageStartAt,
          row.updatedAt,
        );
      }
      for (const row of changes.rules) putRule.run(row.name, row.version, row.since);
      for (const alert of changes.alerts) putAlert.run(alert.fingerprint, JSON.stringify(alert));
      for (const fingerprint of changes.forgottenAlerts) dropAlert.run(fingerprint);
      for (const group of changes.groups) putGroup.run(group.key, JSON.stringify(group));
      for (const key of changes.forgottenGroups) dropGroup.run(key);
      for (const load of changes.loads) putLoad.run(load.sink, JSON.stringify(load));
      for (const sink of changes.forgottenLoads) dropLoad.run(sink);
      for (const silence of changes.silences) putSilence.run(silence.id, JSON.stringify(silence));
      for (const id of changes.forgottenSilences) dropSilence.run(id);
    },
  };
}
