import { once } from "node:events";
import { connect } from "node:tls";
import { until } from "../until.ts";

/** A server with TLS from the first byte, and its name. */
interface Place {
  address: string;
  port: number;
  host: string;
}

/** A connection to a server, after EHLO, for a client that does odd things. `say` gives the reply to the letter. */
export async function dial({ address, port, host }: Place, ca: string) {
  const socket = connect({ host: address, port, ca, servername: host });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  let received = "";
  socket.setEncoding("latin1").on("data", (text) => {
    received += text;
  });
  const reply = () => until("a reply", () => /(^|\n)\d{3}( [^\n]*)?\r\n$/.test(received) && received, { every: 5 });
  const say = async (text: string) => {
    received = "";
    socket.write(`${text}\r\n`);
    return await reply();
  };
  await reply();
  await say("EHLO client.example.test");
  return { socket, say, end: () => socket.destroy() };
}
