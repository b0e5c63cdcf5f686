import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { has, isRoot, scratch } from './plimsoll.ts';

/** Debian's name first. */
const PROGRAM = ['chromium', 'chromium-browser', 'google-chrome'].find(has);

/** Why no page can be looked at here; undefined: one can. */
export const whyNoChromium = PROGRAM === undefined ? 'Chromium is not installed (Debian: `apt-get install chromium`)' : undefined;

export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

export interface Page {
  /** The value of an expression in the page, as JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses a key: `Tab`, `Enter`. */
  press(key: 'Tab' | 'Enter'): Promise<void>;
  /** `print`, or the screen again. */
  media(media: 'print' | ''): Promise<void>;
  /** A PNG of the whole page. */
  screenshot(): Promise<Buffer>;
  /** What the page was not let do, or did wrong, so far: violations of its policy, errors. */
  readonly complaints: readonly string[];
  /** Addresses that it asked for. */
  readonly requests: readonly string[];
}

export interface Browser {
  open(url: string, look: Look): Promise<Page>;
  close(): Promise<void>;
}

/** Starts Chromium, driven over its pipe: https://chromedevtools.github.io/devtools-protocol. */
export async function startChromium(): Promise<Browser> {
  const profile = scratch();
  // As root its sandbox does not work; what is opened are our own files.
  const sandbox = isRoot ? ['--no-sandbox'] : [];
  const args = [
    '--headless=new',
    ...sandbox,
    '--remote-debugging-pipe',
    `--user-data-dir=${profile.folder}`,
    '--no-first-run',
    '--disable-gpu',
    '--hide-scrollbars',
    '--disable-dev-shm-usage',
    'about:blank',
  ];
  const child = spawn(PROGRAM ?? '', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const wire = wireOf(child);
  return {
    open: (url, look) => openPage(wire, url, look),
    async close() {
      wire.send('Browser.close').catch(() => {});
      await ended;
      profile.remove();
    },
  };
}

type Message = Readonly<Record<string, unknown>>;
type Wire = ReturnType<typeof wireOf>;

/** Messages are JSON, with a zero byte between them. */
function wireOf(child: ChildProcess) {
  const [, , , input, output] = child.stdio as [unknown, unknown, unknown, Writable, Readable];
  const waiting = new Map<number, { resolve: (result: Message) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(event: { method: string; params: Message; sessionId?: string }) => void>();
  let pieces: Buffer[] = [];
  let next = 0;
  let said = '';
  let ended: Error | undefined;
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  child.once('close', () => {
    ended = new Error(`Chromium has ended: ${said.trim()}`);
    for (const { reject } of waiting.values()) reject(ended);
  });
  input.on('error', () => {}); // it has ended: that is said above
  const take = (text: string): void => {
    const message = JSON.parse(text) as {
      id?: number;
      error?: { message: string };
      result?: Message;
      method: string;
      params: Message;
      sessionId?: string;
    };
    if (message.id === undefined) for (const listener of listeners) listener(message);
    else if (message.error) waiting.get(message.id)?.reject(new Error(message.error.message));
    else waiting.get(message.id)?.resolve(message.result ?? {});
  };
  output.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
      take(Buffer.concat([...pieces, chunk.subarray(from, end)]).toString());
      pieces = [];
      from = end + 1;
    }
    pieces.push(chunk.subarray(from));
  });
  return {
    listeners,
    send<T extends Message = Message>(method: string, params: Message = {}, sessionId?: string): Promise<T> {
      if (ended) return Promise.reject(ended);
      const id = (next += 1);
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      return new Promise<Message>((resolve, reject) => waiting.set(id, { resolve, reject })) as Promise<T>;
    },
  };
}

const KEYS = { Tab: { code: 9, text: '' }, Enter: { code: 13, text: '\r' } } as const;

async function openPage(wire: Wire, url: string, { width, scheme }: Look): Promise<Page> {
  const { targetId } = await wire.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await wire.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  const send = <T extends Message = Message>(method: string, params: Message = {}) => wire.send<T>(method, params, sessionId);
  const complaints: string[] = [];
  const requests: string[] = [];
  const loaded = new Promise<void>((resolve) => {
    wire.listeners.add((event) => {
      if (event.sessionId !== sessionId) return;
      if (event.method === 'Page.loadEventFired') resolve();
      if (event.method === 'Log.entryAdded') complaints.push((event.params['entry'] as { text: string }).text);
      if (event.method === 'Runtime.exceptionThrown') complaints.push('an exception');
      if (event.method === 'Network.requestWillBeSent') requests.push((event.params['request'] as { url: string }).url);
    });
  });
  const look = (media: string) =>
    send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] });
  for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
  await look('');
  await send('Page.navigate', { url });
  await loaded;
  return {
    complaints,
    requests,
    media: async (media) => void (await look(media)),
    async evaluate<T>(expression: string) {
      const end = await send<{ result: { value: T }; exceptionDetails?: { exception?: { description?: string } } }>('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      if (end.exceptionDetails) throw new Error(end.exceptionDetails.exception?.description ?? 'an exception in the page');
      return end.result.value;
    },
    async press(key) {
      const { code, text } = KEYS[key];
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(text === '' ? {} : { text }) };
      await send('Input.dispatchKeyEvent', { type: text === '' ? 'rawKeyDown' : 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: code });
    },
    async screenshot() {
      const { data } = await send<{ data: string }>('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
      return Buffer.from(data, 'base64');
    },
  };
}
