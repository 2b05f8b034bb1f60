// The two services in a node's network: a registry for images, and the API server.
//
//   node services.ts IMAGES KEY CERTIFICATE PORT SOCKET
import { startRegistry } from "./registry.ts";
import { startRelay } from "./relay.ts";

const [images = "", keyFile = "", certificateFile = "", port = "", path = ""] = process.argv.slice(2);
startRegistry({ images, keyFile, certificateFile });
startRelay({ host: "127.0.0.1", port: Number(port) }, { path });
