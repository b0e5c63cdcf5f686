import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { processesFrom, stopAll } from './processes.ts';
import { sendSignal } from './signal.ts';

/** Its first thread ends, another prints and goes on. */
const FIRST_THREAD_ENDS = `
import ctypes, threading, time
def work():
    time.sleep(0.2)
    print("up", flush=True)
    while True: time.sleep(0.05)
threading.Thread(target=work).start()
ctypes.CDLL(None).pthread_exit(None)
`;

test('a process whose first thread has ended is alive as long as another runs, and can be stopped', async () => {
  const child = spawn('python3', ['-c', FIRST_THREAD_ENDS], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(createInterface(child.stdout), 'line');
    const states = (): readonly string[] => processesFrom(child.pid!).map((it) => it.state);
    expect(states()).toEqual(['alive']);
    await stopAll(child.pid!, sendSignal);
    expect(states()).toEqual(['stopped']);
  } finally {
    child.kill('SIGKILL');
  }
});
