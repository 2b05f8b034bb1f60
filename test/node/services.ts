// The services in a node's network: a registry for images, and the API server; and out of it the kubelet, by a socket.
//
//   node services.ts IMAGES KEY CERTIFICATE PORT SOCKET KUBELET-SOCKET
import { KUBELET_PORT } from "./node-configuration.ts";
import { startRegistry } from "./registry.ts";
import { startRelay } from "./relay.ts";

const [images = "", keyFile = "", certificateFile = "", port = "", path = "", kubelet = ""] =
  process.argv.slice(2);
startRegistry({ images, keyFile, certificateFile });
startRelay({ host: "127.0.0.1", port: Number(port) }, { path });
startRelay({ path: kubelet }, { host: "127.0.0.1", port: KUBELET_PORT });
