import { toInstant } from "../views/instant.ts";
import { answer, type Operation } from "./answer.ts";

/** The version of Alertmanager whose API this is: programs choose by it what they ask for. */
const API_VERSION = "0.35.0";

/** No part of the configuration: it is Tocsin's own, and this one would be Alertmanager's. */
const CONFIG = `# Tocsin. Its configuration is no Alertmanager's: \`tocsin check\` shows it, and GET /api/v1/status its state.
`;

/** `GET /status`. The version has Tocsin's own behind the plus. */
export const getStatus: Operation = ({ version, startedAt }) =>
  answer({
    // Replicas share the store, so that each answers for all of them.
    cluster: { status: "disabled", peers: [] },
    versionInfo: {
      version: `${API_VERSION}+tocsin.${version}`,
      revision: "",
      branch: "",
      buildUser: "",
      buildDate: "",
      goVersion: "",
    },
    config: { original: CONFIG },
    uptime: toInstant(startedAt),
  });
