// Speaks to a container from inside its network namespace. A program of its own, without dependencies: Plimsoll starts
// it through nsenter(1). It sees the host's files, is not in the container's process namespace, and ends with Plimsoll:
// the channel closes. Times are of the monotonic clock that all processes share, in milliseconds.
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes of an answer's body that are kept. */
const MAX_BODY = 1024 * 1024;
const POLL_MS = 10;
const now = () => Number(process.hrtime.bigint()) / 1e6;

const WHY = { ECONNREFUSED: 'refused', ECONNRESET: 'reset', EPIPE: 'reset', HPE_INVALID_CONSTANT: 'not HTTP' };

/** @type {Map<number, ReturnType<typeof start>>} */
const pending = new Map();
/** @type {Set<number>} */
const cancelled = new Set();

/** Sends a request, or its first bytes. `done` never rejects. */
function start(want) {
  const began = now();
  const body = Buffer.from(want.body ?? '', 'utf8');
  const first = want.firstBytes === undefined ? body.length : Math.min(want.firstBytes, body.length);
  const headers = { host: `localhost:${want.port}`, connection: 'close', ...want.headers };
  const named = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  if (want.body !== undefined && !named.has('content-length') && !named.has('transfer-encoding'))
    headers['content-length'] = String(body.length);
  const request = http.request({ host: '127.0.0.1', port: want.port, method: want.method, path: want.path, headers, agent: false });
  const state = { request, body, sent: first, bytes: 0 };
  request.on('socket', (socket) => socket.on('data', (data) => (state.bytes += data.length)));
  state.done = answerOf(request, state, began, want.timeoutMs ?? 5000);
  // Not `end`, when a part is kept back: that would send what is missing as missing.
  if (first === body.length) request.end(body);
  else {
    request.flushHeaders();
    request.write(body.subarray(0, first));
  }
  return state;
}

function answerOf(request, state, began, timeoutMs) {
  return new Promise((resolve) => {
    const failed = (why) => resolve({ answered: false, why, partial: state.bytes > 0, afterMs: now() - began });
    state.restartTimer = () => {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => (failed('timed out'), request.destroy()), timeoutMs);
    };
    state.restartTimer();
    request.on('error', (error) => failed(error.code === undefined ? error.message : (WHY[error.code] ?? error.code)));
    request.on('response', (response) => {
      const chunks = [];
      let size = 0;
      response.on('data', (chunk) => {
        if (size < MAX_BODY) chunks.push(chunk.subarray(0, MAX_BODY - size));
        size += chunk.length;
      });
      response.on('error', () => failed('closed half-way'));
      response.on('close', () => (response.complete ? undefined : failed('closed half-way')));
      response.on('end', () => {
        if (!response.complete) return failed('closed half-way');
        const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
        resolve({
          answered: true,
          status: response.statusCode,
          headers,
          body: Buffer.concat(chunks).toString('utf8'),
          afterMs: now() - began,
        });
      });
    });
    request.on('close', () => failed('closed half-way'));
  }).finally(() => {
    clearTimeout(state.timer);
    request.destroy();
  });
}

/** Sends text and reads until `until` has come, the other side has closed, or time is up. */
function exchange({ port, send, until, timeoutMs }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    let text = '';
    const end = (why) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, ...(why === undefined ? {} : { why }) });
    };
    const timer = setTimeout(() => end('timed out'), timeoutMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(send));
    socket.on('data', (more) => {
      text = (text + more).slice(-MAX_BODY);
      if (text.includes(until)) end();
    });
    socket.on('error', (error) => end(WHY[error.code] ?? error.code ?? error.message));
    socket.on('close', () => end('closed'));
  });
}

/** A server that answers each request with this status, by whatever address it comes: `localhost` may be ::1 alone. */
async function answerAll({ port, status }) {
  const listen = (address) => {
    const server = http.createServer((request, response) => response.writeHead(status, { connection: 'close' }).end());
    return new Promise((resolve, reject) => server.once('error', reject).listen(port, address, () => resolve({})));
  };
  // A kernel without IPv6 has no `::`.
  return listen('::').catch(() => listen('0.0.0.0'));
}

/** proc(5), /proc/net/tcp: state 0A is listening; addresses are words in host byte order. */
function listeners() {
  const found = [];
  for (const table of ['tcp', 'tcp6']) {
    let text = '';
    try {
      text = fs.readFileSync(`/proc/self/net/${table}`, 'latin1');
    } catch {
      continue; // a kernel without IPv6
    }
    for (const line of text.split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (state !== '0A') continue;
      const [address, port] = local.split(':');
      found.push({ address: addressOf(address), port: Number.parseInt(port, 16) });
    }
  }
  return found;
}

function addressOf(hex) {
  const words = hex.match(/.{8}/g).map((word) => Buffer.from(word, 'hex').reverse());
  const raw = Buffer.concat(words);
  if (raw.length === 4) return [...raw].join('.');
  const groups = raw.toString('hex').match(/.{4}/g);
  return new net.SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}

/** What changes when a socket comes, goes or begins to listen, as proc(5) has it; undefined where the kernel does not say. */
function socketCounts() {
  const read = (name) => fs.readFileSync(`/proc/self/net/${name}`, 'latin1');
  const counts = (text) => [...text.matchAll(/\b(?:used|inuse|tw) \d+/g)].join(' ');
  return orNothing(() => counts(read('sockstat')) + orNothing(() => counts(read('sockstat6')), ''));
}

/** How long a table of listeners is taken for true while all counts stay as they are. */
const LOOK_AGAIN_MS = 1000;

/**
 * Whether somebody listens there, cheaply: for a table of listeners the kernel walks the sockets of the whole machine,
 * measured 20 ms each time, and whoever does that every 10 ms takes a processor from the service that starts.
 */
function listenedAmong(ports) {
  let [listened, before, lookedAt] = [[], '', 0];
  return () => {
    const counts = socketCounts();
    if (counts !== undefined && counts === before && now() - lookedAt < LOOK_AGAIN_MS) return listened;
    const all = listeners();
    [listened, before, lookedAt] = [ports.filter((port) => all.some((listener) => listener.port === port)), counts, now()];
    return listened;
  };
}

/** Where one of several ports is listened to, the others are waited for so long: nobody need listen to all that an image exposes. */
const OTHERS_MS = 1000;

async function ready({ id, port, others = [], path, withinMs }) {
  const until = now() + withinMs;
  const ports = [port, ...others];
  const listened = listenedAmong(ports);
  let why = 'not listening';
  let [most, atMs] = [0, 0];
  while (!cancelled.has(id)) {
    const heard = listened();
    if (heard.length > most) [most, atMs] = [heard.length, now()];
    const isEnough = heard.length > 0 && (now() - atMs >= OTHERS_MS || now() + POLL_MS >= until);
    if (heard.length === ports.length || isEnough) {
      if (path === undefined) return { ready: true, atMs, unheard: ports.filter((it) => !heard.includes(it)) };
      const left = Math.max(1, until - now());
      const answer = await start({ port, path, method: 'GET', timeoutMs: Math.min(left, 5000) }).done;
      if (answer.answered && answer.status < 400) return { ready: true, atMs: now(), unheard: [] };
      // The last try may have been cut short: what it answered before says more.
      if (answer.answered) why = `${path} answered ${answer.status}`;
      else if (!why.includes(' answered ')) why = `${path}: ${answer.why}`;
    }
    if (now() + POLL_MS >= until) break;
    await sleep(POLL_MS);
  }
  return { ready: false, why, atMs: now() };
}

// ---- files

// Names are bytes, and the image's choice: latin1 holds each of them. What vanishes meanwhile, or lies deeper than a
// path can say, is not there.
const raw = (path) => Buffer.from(path, 'latin1');
const latin1 = (path) => Buffer.from(path).toString('latin1');
const shown = (path) => raw(path).toString('utf8');
const typeOf = (status) => (status.isFile() ? 'file' : status.isDirectory() ? 'directory' : 'other');

function orNothing(work, nothing) {
  try {
    return work();
  } catch {
    return nothing;
  }
}
const look = (path) => orNothing(() => fs.lstatSync(raw(path), { throwIfNoEntry: false }));
const namesIn = (folder) => orNothing(() => fs.readdirSync(raw(folder), 'latin1').sort(), []);

/** What the upper folder of an overlay says over the image below it. */
function changedBelow(overlay) {
  const [upper, merged, image] = [overlay.upper, overlay.merged, overlay.image].map(latin1);
  const skipped = new Set(overlay.mounted.map(latin1));
  const ours = new Set(overlay.made.map(latin1));
  const found = [];
  const walk = (path) => {
    for (const name of namesIn(upper + path)) {
      const at = `${path}/${name}`;
      const status = look(upper + at);
      const before = look(image + at);
      const after = look(merged + at);
      if (skipped.has(at) || !status) continue;
      if (!after) {
        if (before) found.push({ path: shown(at), kind: 'removed', type: typeOf(before) });
        continue;
      }
      const both = before?.isDirectory() && status.isDirectory();
      if (!both && !(ours.has(at) && status.isDirectory()))
        found.push({ path: shown(at), kind: before ? 'changed' : 'added', type: typeOf(status) });
      if (both) removedIn(at);
      if (status.isDirectory()) walk(at);
    }
  };
  // A folder that was removed and made again hides all that the image had in it, without a mark for each.
  const removedIn = (path) => {
    const own = new Set(namesIn(upper + path));
    for (const name of namesIn(image + path)) {
      const at = `${path}/${name}`;
      const before = look(image + at);
      if (own.has(name) || skipped.has(at) || look(merged + at) || !before) continue;
      found.push({ path: shown(at), kind: 'removed', type: typeOf(before) });
    }
  };
  walk('');
  return found;
}

/** What a path is in the first folder that has it; a whiteout of overlayfs is a device 0:0. */
function typeIn(folders, path) {
  for (const folder of folders) {
    const status = fs.lstatSync(folder + path, { throwIfNoEntry: false });
    if (status && !(status.isCharacterDevice() && status.rdev === 0)) return typeOf(status);
  }
  return 'other';
}

/** All that is below a folder: its type, and what changes when somebody writes to it. */
function entriesBelow(folder) {
  const root = latin1(folder);
  const found = new Map();
  const walk = (path) => {
    for (const name of namesIn(root + path)) {
      const at = `${path}/${name}`;
      const status = look(root + at);
      if (!status) continue;
      const type = typeOf(status);
      found.set(at, { type, state: type === 'directory' ? type : `${type} ${status.size} ${status.mtimeMs}` });
      if (status.isDirectory()) walk(at);
    }
  };
  walk('');
  return found;
}

/** Gives a folder the owner and the mode of the first of others that is there. */
function ownLike({ folder, like }) {
  const status = like.map((path) => look(latin1(path))).find((it) => it?.isDirectory());
  if (!status) return;
  fs.chownSync(folder, status.uid, status.gid);
  fs.chmodSync(folder, status.mode & 0o7777);
}

/** Gives somebody a folder and all that is in it. */
function give({ folder, uid, gid }) {
  for (const path of ['', ...entriesBelow(folder).keys()]) fs.lchownSync(raw(latin1(folder) + path), uid, gid);
}

/** What folders had when the service began: volumes that have the image's content in them. */
const begun = new Map();
const NOTHING = new Map();

function changedIn({ folder, shownAs }) {
  const before = begun.get(folder) ?? NOTHING;
  const after = entriesBelow(folder);
  const change = (path, kind, { type }) => ({ path: shownAs + shown(path), kind, type });
  const found = [];
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old?.state !== entry.state) found.push(change(path, old ? 'changed' : 'added', entry));
  }
  for (const [path, entry] of before) if (!after.has(path)) found.push(change(path, 'removed', entry));
  return found;
}

/** Sum of the proportional set sizes of all processes that a proc file system shows, in bytes, with what is swapped out. */
function pssBelow(proc) {
  let sum = 0;
  for (const name of fs.readdirSync(proc)) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const text = fs.readFileSync(`${proc}/${name}/smaps_rollup`, 'latin1');
      for (const [, kib] of text.matchAll(/^(?:Pss|SwapPss):\s+([0-9]+) kB/gm)) sum += Number(kib) * 1024;
    } catch {
      // it ended
    }
  }
  return sum;
}

let peakBytes = 0;
/** Above the limit PID 1 is killed: where no control group can be, this is what stops it, some moments late. */
function samplePss({ proc, everyMs, pid, limitBytes }) {
  const sample = () => {
    try {
      const bytes = pssBelow(proc);
      peakBytes = Math.max(peakBytes, bytes);
      if (bytes > limitBytes) process.kill(pid, 'SIGKILL');
    } catch {
      // the container has ended
    }
  };
  sample();
  setInterval(sample, everyMs);
}

/** Whether a process of a container's proc file system still runs: proc_pid_stat(5). */
function runsIn(proc, name) {
  try {
    const stat = fs.readFileSync(`${proc}/${name}/stat`, 'latin1');
    return !'ZX'.includes(stat[stat.lastIndexOf(')') + 2]); // a program's name may hold anything, also `) Z `
  } catch {
    return false;
  }
}

/** The first process of a proc file system that has a variable in its environment: its number there. */
function processWith(proc, variable) {
  try {
    return fs.readdirSync(proc).find((name) => /^[0-9]+$/.test(name) && hasVariable(`${proc}/${name}`, variable));
  } catch {
    return undefined; // the container has ended
  }
}

function hasVariable(folder, variable) {
  try {
    return fs.readFileSync(`${folder}/environ`, 'latin1').split('\0').includes(variable);
  } catch {
    return false; // it ended, or is somebody else's
  }
}

/** Ends a program when it has run for so long, from when it is first seen. Looks for it until `cancel`. */
async function limit({ id, variable, proc, withinMs }) {
  let name;
  let begunMs;
  for (; !cancelled.has(id); await sleep(POLL_MS)) {
    name ??= processWith(proc, variable);
    if (name === undefined) continue;
    begunMs ??= now();
    if (now() < begunMs + withinMs) continue;
    const timedOut = runsIn(proc, name);
    endAll(variable);
    return { begunMs, timedOut };
  }
  return { begunMs, timedOut: false };
}

/** Ends what runs with this variable in its environment. */
function endAll(variable) {
  for (const name of fs.readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name) || !hasVariable(`/proc/${name}`, variable)) continue;
    try {
      process.kill(Number(name), 'SIGKILL');
    } catch {
      // it ended, or is somebody else's
    }
  }
}

const operations = {
  hello: () => ({ atMs: now() }),
  request: (want) => start(want).done,
  exchange,
  begin(want) {
    pending.set(want.id, start(want));
    return {};
  },
  unanswered: ({ of }) => ({ unanswered: pending.get(of).bytes === 0 }),
  finish({ of }) {
    const state = pending.get(of);
    pending.delete(of);
    state.restartTimer(); // the timeout is for the answer, not for how long the caller kept the rest back
    if (!state.request.writableEnded) state.request.end(state.body.subarray(state.sent));
    return state.done;
  },
  ready,
  cancel({ of }) {
    cancelled.add(of);
    return {};
  },
  /** Of processes that only root of the container's user namespace may signal. */
  signal({ pid, signal }) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    return {};
  },
  limit,
  end({ variable }) {
    endAll(variable);
    return {};
  },
  typesOf: ({ folders, paths }) => ({ types: paths.map((path) => typeIn(folders, path)) }),
  answerAll,
  listening: () => ({ listeners: listeners() }),
  changes: ({ overlay, folders }) => ({ changes: [...(overlay ? changedBelow(overlay) : []), ...folders.flatMap(changedIn)] }),
  ownLike({ folders }) {
    folders.forEach(ownLike);
    return {};
  },
  give({ folders }) {
    folders.forEach(give);
    return {};
  },
  remember({ folders }) {
    for (const folder of folders) begun.set(folder, entriesBelow(folder));
    return {};
  },
  sample(details) {
    samplePss(details);
    return {};
  },
  peak: () => ({ peakBytes }),
  watch({ cgroup }) {
    watched.push(cgroup);
    return {};
  },
};

/** Control groups to remove when Plimsoll was killed: nobody else is left to do it. */
const watched = [];

process.on('message', async (message, handle) => {
  if (message.op === 'forward') return forward(message.port, handle);
  const { id, op } = message;
  try {
    process.send({ id, result: await operations[op](message) });
  } catch (error) {
    if (process.connected) process.send({ id, error: `${error.message}` });
  }
});

/** A connection that Plimsoll accepted on the host goes on to the same port here. */
function forward(port, socket) {
  const inner = net.connect({ host: '127.0.0.1', port });
  for (const [a, b] of [
    [socket, inner],
    [inner, socket],
  ]) {
    a.on('error', () => b.destroy());
    a.pipe(b);
  }
}

process.on('disconnect', async () => {
  await Promise.all(watched.map(removeGroup));
  process.exit(0);
});

async function removeGroup(path) {
  for (let i = 0; i < 200; i += 1) {
    try {
      return fs.rmdirSync(path);
    } catch (error) {
      if (error.code === 'ENOENT') return;
      await sleep(10); // its processes are being killed
    }
  }
}
