// One text to every socket, as Node's `ws` does it: framed once, written to each.
// node fanout.js <folder of node_modules/ws> ; prints its port, and broadcasts when a socket says so.

const { WebSocketServer } = require(process.argv[2]);
const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
server.on("listening", () => console.log(server.address().port));
