import { createServer } from "node:net";

/** A process in another network namespace: listens on its arguments' address and port, hands the socket over, and ends. */
const [host = "", port = ""] = process.argv.slice(2);
const end = () => process.exit();
process.on("disconnect", end);
const server = createServer().listen({ host, port: Number(port) }, () => {
  process.send?.("listening", server, {}, end);
});
