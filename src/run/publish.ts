import { createServer, type Server } from 'node:net';
import { errorCode, UserError } from '../base/index.ts';
import type { Agent } from './agent.ts';

/**
 * Listens on the host's loopback and hands each connection to the agent, which connects it to the container's port.
 * Throws UserError when a port is taken. Returns what closes them all.
 */
export async function publishPorts(
  agent: Agent,
  ports: readonly { readonly host: number; readonly container: number }[],
): Promise<() => Promise<void>> {
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  };
  try {
    for (const { host, container } of ports) servers.push(await listen(agent, host, container));
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

function listen(agent: Agent, host: number, container: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Paused: nothing may be read from a connection that another process will read.
    const server = createServer({ pauseOnConnect: true }, (socket) => agent.forward(container, socket));
    server.once('error', (error) => {
      const why = errorCode(error) === 'EADDRINUSE' ? 'another program listens there' : (errorCode(error) ?? error.message);
      reject(new UserError(`port ${host} of this machine cannot be used: ${why}`, 'choose another one'));
    });
    server.listen(host, '127.0.0.1', () => resolve(server));
  });
}
