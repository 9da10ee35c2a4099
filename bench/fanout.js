// The fan-out benchmark's server as Node's `ws` does it: node fanout.js <ws> <port> <sockets> <rate> <rounds>

const [library, ...numbers] = process.argv.slice(2);
const [port, sockets, rate, rounds] = numbers.map(Number);
const { WebSocket, WebSocketServer } = require(library);
const server = new WebSocketServer({ port, host: "127.0.0.1", perMessageDeflate: false });
const text = "x".repeat(300);

server.on("connection", () => server.clients.size === sockets && setTimeout(begin, 500));

function begin() {
  console.log("begin");
  const began = performance.now();
  let round = 0;
  function tick() {
    for (; round < rounds && performance.now() - began >= (round * 1000) / rate; round++) {
      for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
    }
    setTimeout(round < rounds ? tick : () => console.log("end"), round < rounds ? 1 : 500);
  }
  tick();
}
