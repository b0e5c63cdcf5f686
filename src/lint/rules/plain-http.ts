import { replace, type Span } from '../../dockerfile/index.ts';
import type { Call } from '../script/index.ts';
import type { StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { downloadOf, hostOf, isPrivateHost, verifies } from './parts/downloads.ts';
import { reportOn } from './parts/report.ts';

/** Programs of package managers, and where they are told which registry to take. */
const REGISTRIES: Readonly<Record<string, RegExp>> = {
  pip: /index-url|^-i$/,
  pip3: /index-url|^-i$/,
  uv: /index-url|index/,
  poetry: /source|repositories/,
  npm: /registry/,
  yarn: /registry|npmRegistryServer/,
  pnpm: /registry/,
  gem: /source|^-s$/,
  bundle: /mirror|source/,
  composer: /repositor|repo/,
  go: /GOPROXY/,
};
/** Variables that say so too. */
const VARIABLES =
  /^(?:PIP_(?:EXTRA_)?INDEX_URL|UV_(?:DEFAULT_)?INDEX(?:_URL)?|NPM_CONFIG_REGISTRY|YARN_REGISTRY|GOPROXY|BUNDLE_MIRROR.*)$/i;

export const plainHttp = rule({
  id: 'plain-http',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'error',
  fixes: 'unsafe',
  summary: 'Downloads use https.',
  why: 'Whoever sits between the build and the server can send something else, and nothing here would notice.',
  source: 'RFC 9110, section 17.1; curl(1); Docker, "Building best practices"',
  examples: [
    { text: 'FROM debian:12\nRUN curl -fO «http://»acme.io/app.tgz\n', fixed: 'FROM debian:12\nRUN curl -fO https://acme.io/app.tgz\n' },
    { text: 'FROM debian:12\nADD «http://»acme.io/app.tgz /\n', fixed: 'FROM debian:12\nADD https://acme.io/app.tgz /\n' },
    { text: 'FROM debian:12\nRUN wget -qO- "«http://»acme.io/key" | apt-key add - && git clone «git://»acme.io/a.git\n' },
    { text: 'FROM python:3.12\nRUN pip install -i «http://»pypi.acme.io/simple app && npm config set registry «http://»npm.acme.io\n' },
    { text: 'FROM debian:12\nRUN git config --global url."https://acme.io/".insteadOf git://acme.io/\n' },
    { text: 'FROM python:3.12\nENV PIP_INDEX_URL=«http://»pypi.acme.io/simple\n' },
    { text: 'FROM debian:12\nRUN curl -fO http://acme.io/app.tgz && echo "$SUM app.tgz" | sha256sum -c\n' },
    { text: 'FROM debian:12\nRUN curl -x http://proxy.acme.io:3128 -fO https://acme.io/app.tgz\n' },
    { text: 'FROM debian:12\nRUN echo "deb http://deb.acme.io stable main" > /etc/apt/sources.list.d/acme.list\n' },
    { text: 'FROM debian:12\nRUN wget http://mirror/app.tgz http://localhost:80/a\nHEALTHCHECK CMD curl -f http://acme.io/ || exit 1\n' },
    { text: 'FROM debian:12\nADD --checksum=sha256:00 http://acme.io/app.tgz /\nENV HOME_PAGE=http://acme.io\n' },
  ],
  mentions: /(?:http|git):\/\//,
  *detect({ file, stages }) {
    for (const step of stages.flatMap(({ steps }) => steps)) {
      for (const word of fetched(step)) {
        const url = /(?:http|git):\/\/\S+/.exec(file.text.slice(word.start, word.end));
        const host = hostOf(url?.[0].replace(/["'].*$/s, '') ?? '');
        // `git config url.https://….insteadOf git://…` is what takes it away.
        if (/insteadof\s+["']?$/i.test(file.text.slice(Math.max(0, word.start - 20), word.start))) continue;
        if (url === null || host === undefined || isPrivateHost(host)) continue;
        const start = word.start + url.index;
        const span = { start, end: start + url[0].indexOf('//') + 2 };
        const fix = { title: 'take https', edits: [replace(span, 'https://')] };
        yield reportOn(step.instruction, span, `nobody can tell whether this comes from ${host}: take \`https://\``, fix);
      }
    }
  },
});

/** Where the step names what it fetches, and nothing checks that. */
function fetched({ instruction, script }: StageStep): readonly Span[] {
  const { name, args, flags } = instruction;
  if (name === 'ADD' && (args.form === 'words' || args.form === 'exec')) {
    return flags.some((flag) => flag.name === 'checksum') ? [] : args.words.slice(0, -1).map(({ span }) => span);
  }
  if (name === 'ENV' && args.form === 'pairs') {
    return args.pairs.filter((pair) => VARIABLES.test(pair.name)).map(({ valueSpan }) => valueSpan);
  }
  return name !== 'RUN' || verifies(script) ? [] : script.calls.flatMap(fetchedBy);
}

function fetchedBy(call: Call): readonly Span[] {
  const download = downloadOf(call);
  if (download !== undefined) return [download.url.span];
  if (call.program === 'git') return call.args.filter(({ text }) => /^(?:http|git):\/\//.test(text)).map(({ span }) => span);
  const registry = REGISTRIES[call.program];
  if (registry === undefined || !call.args.some(({ text }) => registry.test(text))) return [];
  return call.args.filter(({ text }) => /^(?:--[\w-]+=|\w+=)?http:\/\//.test(text)).map(({ span }) => span);
}
