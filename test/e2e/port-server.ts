import type { TestEmulator } from "../helpers/emulator.ts";
import { engineNode } from "./node.ts";

/**
 * After so much the server waits for a byte: the agent gives up a plugin that was built from its source, which it takes
 * for an old one, when that sends nothing for long.
 */
export const bytesPerAnswer = 64 * 1024 ** 2;

/** On the node: takes one line and does what it says. */
const script = `
import hashlib, http.server, os, socket, socketserver, struct, threading

class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        verb, *words = self.rfile.readline().decode().split()
        getattr(self, verb)(*words)

    def echo(self):
        while data := self.rfile.read1(65536):
            self.wfile.write(data)

    def send(self, size):
        block = os.urandom(1 << 20)
        digest = hashlib.sha256()
        left = int(size)
        while left:
            piece = block[:left]
            self.wfile.write(piece)
            digest.update(piece)
            left -= len(piece)
            if (int(size) - left) % ${bytesPerAnswer} == 0:
                self.rfile.read(1)
        self.wfile.write(digest.hexdigest().encode())

    def sink(self, size):
        digest = hashlib.sha256()
        left = int(size)
        while left:
            data = self.rfile.read1(min(left, 65536))
            digest.update(data)
            left -= len(data)
        self.wfile.write(digest.hexdigest().encode())

    def reset(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = f"{self.client_address[1]} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.request_queue_size = 128
threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", 8081), Page).serve_forever, daemon=True).start()
socketserver.ThreadingTCPServer(("127.0.0.1", 8080), Talk).serve_forever()
`;

/** Starts servers on the node's loopback: one that takes orders on port 8080, one of HTTP on port 8081. */
export async function startPortServer(lab: TestEmulator, nodeId?: string): Promise<void> {
  const words = ["python3", "-c", script];
  await engineNode(lab, nodeId).exec.start({ words, workingDirectory: "/", input: "none" });
}
