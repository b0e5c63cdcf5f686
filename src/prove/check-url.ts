import type { ImageConfig } from '../image/index.ts';

/** What the health check of an image asks over HTTP, in its own container. */
export interface CheckUrl {
  readonly speaks: 'http' | 'tls';
  /** As it stands there: a service may know itself by one name and not by another. */
  readonly host: string;
  readonly port: number;
  /** With its query. Absent where a variable stands in it that the image does not set. */
  readonly path?: string;
}

type Config = NonNullable<ImageConfig['config']>;

const HOST = String.raw`(?<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])`;
/** Up to what ends a word in a shell, a string or a URL: `http://localhost:8080/health' || exit 1`. */
const REST = String.raw`(?<rest>[^\s'"\`\\|;&<>)#]*)`;
const URL_IN = new RegExp(String.raw`\b(?<scheme>https?)://${HOST}${REST}`);
/** curl and wget take a host without a scheme for HTTP: curl(1), "URL"; wget's manual, "URL Format". */
const BARE = new RegExp(String.raw`\b(?:curl|wget)\s(?:.*\s)?["']?${HOST}(?<rest>[:/][^\s'"\`\\|;&<>)#]*|(?=$|["'\s]))`, 's');
/** Python's http.client, which the direct engine's images ask with: it takes the host and the port apart. */
const PYTHON = new RegExp(String.raw`\bHTTP(?<tls>S?)Connection\(\s*["']${HOST}["']\s*,\s*(?:port\s*=\s*)?(?<port>\d{1,5})`);
const PYTHON_PATH = /\.request\(\s*["'](?:GET|HEAD)["']\s*,\s*["'](?<path>\/[^"']*)["']/;

/** curl(1): sockets that are files, and proxies, whose address stands where others have their URL. */
const ELSEWHERE = /(?:^|\s)(?:--(?:abstract-)?unix-socket|--(?:pre)?proxy|--socks[\w-]*|-x)(?![\w-])/;

/** Longer ones are programs, in which a URL says little. */
const MOST_CHARACTERS = 4096;

/** What stands behind these is no URL that is asked: curl(1), wget(1). */
const BESIDE = /(?:^|\s)(?:-H|--header|--referer)(?:=|\s+)(?:"[^"]*"|'[^']*'|\S+)/g;

/**
 * What the check's words say that it asks: the first URL of the container's own. Undefined where they name none, as with
 * a script. `values`: those that a run gives to variables, before the image's own.
 */
export function checkUrlOf({ Healthcheck, Env }: Config, values: Readonly<Record<string, string>> = {}): CheckUrl | undefined {
  const [form, ...words] = Healthcheck?.Test ?? [];
  if (form !== 'CMD' && form !== 'CMD-SHELL') return undefined;
  const variables = { ...Object.fromEntries((Env ?? []).map(assigned)), ...values };
  const text = expanded(words.join(' ').slice(0, MOST_CHARACTERS), variables).replaceAll(BESIDE, ' ');
  // What it asks is not a port of the container's then, or is asked for something else.
  if (ELSEWHERE.test(text)) return undefined;
  return urlIn(text) ?? pythonIn(text);
}

function urlIn(text: string): CheckUrl | undefined {
  const groups = (URL_IN.exec(text) ?? BARE.exec(text))?.groups;
  if (!groups) return undefined;
  const tls = groups['scheme'] === 'https';
  const [, digits, path = ''] = /^(?::(\d{1,5}))?((?:[/?].*)?)$/s.exec(groups['rest'] ?? '') ?? [undefined, 'no port'];
  return found(groups['host'], digits ?? (tls ? '443' : '80'), tls, path.startsWith('/') ? path : `/${path}`);
}

function pythonIn(text: string): CheckUrl | undefined {
  const { host, port, tls } = PYTHON.exec(text)?.groups ?? {};
  return port === undefined ? undefined : found(host, port, tls === 'S', PYTHON_PATH.exec(text)?.groups?.['path']);
}

function found(host = 'localhost', digits: string, tls: boolean, path: string | undefined): CheckUrl | undefined {
  const port = /^\d+$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) return undefined;
  return { host, port, speaks: tls ? 'tls' : 'http', ...(path === undefined || path.includes('$') ? {} : { path }) };
}

/** `NAME=value` of an image's config. */
const assigned = (text: string): readonly [string, string] => [text.replace(/=.*/s, ''), text.replace(/^[^=]*=?/, '')];

/** `$NAME`, `${NAME}`, `${NAME:-8080}` by what is set; what is not stays. POSIX shell, 2.6.2. */
const expanded = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replaceAll(
    /\$(?:(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?::?-(?<otherwise>[^}]*))?\})/g,
    (whole, plain: string | undefined, name: string | undefined, otherwise: string | undefined) => {
      const set = variables[plain ?? name ?? ''];
      return (set === '' ? undefined : set) ?? otherwise ?? whole;
    },
  );
