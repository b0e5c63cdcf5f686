import type { Base } from '../../stages/index.ts';
import { officialName } from './official-images.ts';

/** The day on which the table was made. Only what had ended before is in it; a rule has no clock. */
export const KNOWN_ON = '2026-11-01';

/** A product, and the day or month after which each of its lines has had no public security fixes. */
interface Product {
  readonly title: string;
  readonly source: string;
  readonly ended: Readonly<Record<string, string>>;
}

/** `10 2024-06-30, 11 2026-08-31`. */
const lines = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split(', ').map((line) => line.split(' ') as [string, string]));

/** Debian: with LTS, whose fixes are public. Ubuntu: without Pro (ESM), which takes a subscription. */
const PRODUCTS = {
  debian: {
    title: 'Debian',
    source: 'Debian wiki, "LTS"',
    ended: lines('7 2018-05-31, 8 2020-06-30, 9 2022-06-30, 10 2024-06-30, 11 2026-08-31'),
  },
  ubuntu: {
    title: 'Ubuntu',
    source: 'Ubuntu, "The Ubuntu lifecycle and release cadence"',
    ended: lines(
      '12.04 2017-04, 14.04 2019-04, 16.04 2021-04, 17.10 2018-07, 18.04 2023-05, 18.10 2019-07, 19.04 2020-01, 19.10 2020-07, ' +
        '20.04 2025-05, 20.10 2021-07, 21.04 2022-01, 21.10 2022-07, 22.10 2023-07, 23.04 2024-01, 23.10 2024-07, 24.10 2025-07, 25.04 2026-01',
    ),
  },
  alpine: {
    title: 'Alpine',
    source: 'Alpine Linux, "Releases"',
    ended: lines(
      '3.1 2016-11-01, 3.2 2017-05-01, 3.3 2017-11-01, 3.4 2018-05-01, 3.5 2018-11-01, 3.6 2019-05-01, 3.7 2019-11-01, 3.8 2020-05-01, ' +
        '3.9 2020-11-01, 3.10 2021-05-01, 3.11 2021-11-01, 3.12 2022-05-01, 3.13 2022-11-01, 3.14 2023-05-01, 3.15 2023-11-01, ' +
        '3.16 2024-05-23, 3.17 2024-11-22, 3.18 2025-05-09, 3.19 2025-11-01, 3.20 2026-04-01',
    ),
  },
  centos: {
    title: 'CentOS',
    source: 'CentOS, "CentOS Linux EOL" and "End dates are coming in 2024 for CentOS Stream 8 and CentOS Linux 7"',
    ended: lines('5 2017-03-31, 6 2020-11-30, 7 2024-06-30, 8 2021-12-31, stream8 2024-05-31'),
  },
  fedora: {
    title: 'Fedora',
    source: 'Fedora Docs, "Fedora Linux EOL releases"',
    ended: lines(
      '20 2015-06, 21 2015-12, 22 2016-07, 23 2016-12, 24 2017-08, 25 2017-12, 26 2018-05, 27 2018-11, 28 2019-05, 29 2019-11, ' +
        '30 2020-05, 31 2020-11, 32 2021-05, 33 2021-11, 34 2022-06, 35 2022-12, 36 2023-05, 37 2023-12, 38 2024-05, 39 2024-11, 40 2025-05',
    ),
  },
  amazonlinux: {
    title: 'Amazon Linux',
    source: 'AWS, "Amazon Linux 2 FAQs" and "Amazon Linux AMI FAQs"',
    ended: lines('1 2023-12-31, 2018.03 2023-12-31, 2 2026-06-30'),
  },
  oraclelinux: {
    title: 'Oracle Linux',
    source: 'Oracle, "Lifetime Support Policy: Oracle Open Source", Premier Support',
    ended: lines('6 2021-03, 7 2024-12'),
  },
  python: {
    title: 'Python',
    source: 'Python Developer’s Guide, "Status of Python versions"',
    ended: lines(
      '2 2020-01-01, 2.7 2020-01-01, 3.3 2017-09-29, 3.4 2019-03-18, 3.5 2020-09-30, 3.6 2021-12-23, 3.7 2023-06-27, 3.8 2024-10-07, 3.9 2025-10-31, 3.10 2026-10',
    ),
  },
  node: {
    title: 'Node.js',
    source: 'nodejs/Release, "schedule.json"',
    ended: lines(
      '0.10 2016-10-31, 0.12 2016-12-31, 4 2018-04-30, 5 2016-06-30, 6 2019-04-30, 7 2017-06-30, 8 2019-12-31, 9 2018-06-30, ' +
        '10 2021-04-30, 11 2019-06-01, 12 2022-04-30, 13 2020-06-01, 14 2023-04-30, 15 2021-06-01, 16 2023-09-11, 17 2022-06-01, ' +
        '18 2025-04-30, 19 2023-06-01, 20 2026-04-30, 21 2024-06-01, 23 2025-06-01, 25 2026-06-01',
    ),
  },
  golang: {
    title: 'Go',
    source: 'Go, "Release History": a release is supported until there are two newer ones',
    ended: lines(
      '1.2 2014-12, 1.3 2015-08, 1.4 2016-02, 1.5 2016-08, 1.6 2017-02, 1.7 2017-08, 1.8 2018-02, 1.9 2018-08, 1.10 2019-02, 1.11 2019-09, ' +
        '1.12 2020-02, 1.13 2020-08, 1.14 2021-02, 1.15 2021-08, 1.16 2022-03, 1.17 2022-08, 1.18 2023-02, 1.19 2023-08, 1.20 2024-02, ' +
        '1.21 2024-08, 1.22 2025-02, 1.23 2025-08, 1.24 2026-02, 1.25 2026-08',
    ),
  },
  php: {
    title: 'PHP',
    source: 'PHP, "Unsupported Branches"',
    ended: lines(
      '5 2018-12-31, 5.3 2014-08-14, 5.4 2015-09-03, 5.5 2016-07-21, 5.6 2018-12-31, 7 2022-11-28, 7.0 2019-01-10, 7.1 2019-12-01, ' +
        '7.2 2020-11-30, 7.3 2021-12-06, 7.4 2022-11-28, 8.0 2023-11-26, 8.1 2025-12-31',
    ),
  },
  ruby: {
    title: 'Ruby',
    source: 'Ruby, "Ruby Maintenance Branches"',
    ended: lines(
      '2 2023-03-31, 2.1 2017-03-31, 2.2 2018-03-31, 2.3 2019-03-31, 2.4 2020-03-31, 2.5 2021-03-31, 2.6 2022-04-12, 2.7 2023-03-31, 3.0 2024-04-23, 3.1 2025-03-26, 3.2 2026-03',
    ),
  },
  dotnet: {
    title: '.NET',
    source: 'Microsoft, ".NET and .NET Core Support Policy"',
    ended: lines(
      '1.0 2019-06-27, 1.1 2019-06-27, 2.0 2018-10-01, 2.1 2021-08-21, 2.2 2019-12-23, 3.0 2020-03-03, 3.1 2022-12-13, 5.0 2022-05-10, 6.0 2024-11-12, 7.0 2024-05-14',
    ),
  },
  mysql: {
    title: 'MySQL',
    source: 'Oracle, "Lifetime Support Policy: Oracle Technology Products", Extended Support',
    ended: lines('5 2023-10, 5.5 2018-12, 5.6 2021-02, 5.7 2023-10, 8.0 2026-04'),
  },
  mariadb: {
    title: 'MariaDB',
    source: 'MariaDB Foundation, "Maintenance Policy"',
    ended: lines('10.1 2020-10, 10.2 2022-05, 10.3 2023-05, 10.4 2024-06, 10.5 2025-06, 10.6 2026-07'),
  },
  postgres: {
    title: 'PostgreSQL',
    source: 'PostgreSQL, "Versioning Policy"',
    ended: lines(
      '9.0 2015-10-08, 9.1 2016-10-27, 9.2 2017-11-09, 9.3 2018-11-08, 9.4 2020-02-13, 9.5 2021-02-11, 9 2021-11-11, 9.6 2021-11-11, ' +
        '10 2022-11-10, 11 2023-11-09, 12 2024-11-21, 13 2025-11-13',
    ),
  },
  mongo: {
    title: 'MongoDB',
    source: 'MongoDB, "Software Lifecycle Schedules"',
    ended: lines('3.6 2021-04, 4.0 2022-04, 4.2 2023-04, 4.4 2024-02, 5.0 2024-10, 6.0 2025-07'),
  },
} as const satisfies Readonly<Record<string, Product>>;

type ProductName = keyof typeof PRODUCTS;

/** Names of releases: tags of Debian and Ubuntu, and parts of the tags of images that are built on them. */
const RELEASES: Readonly<Record<string, readonly [ProductName, string]>> = {
  wheezy: ['debian', '7'],
  jessie: ['debian', '8'],
  stretch: ['debian', '9'],
  buster: ['debian', '10'],
  bullseye: ['debian', '11'],
  precise: ['ubuntu', '12.04'],
  trusty: ['ubuntu', '14.04'],
  xenial: ['ubuntu', '16.04'],
  artful: ['ubuntu', '17.10'],
  bionic: ['ubuntu', '18.04'],
  cosmic: ['ubuntu', '18.10'],
  disco: ['ubuntu', '19.04'],
  eoan: ['ubuntu', '19.10'],
  focal: ['ubuntu', '20.04'],
  groovy: ['ubuntu', '20.10'],
  hirsute: ['ubuntu', '21.04'],
  impish: ['ubuntu', '21.10'],
  kinetic: ['ubuntu', '22.10'],
  lunar: ['ubuntu', '23.04'],
  mantic: ['ubuntu', '23.10'],
  oracular: ['ubuntu', '24.10'],
  plucky: ['ubuntu', '25.04'],
};
/** Names of Node.js's lines (nodejs/Release). */
const NODE_LINES: Readonly<Record<string, string>> = {
  argon: '4',
  boron: '6',
  carbon: '8',
  dubnium: '10',
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
};

/** Images that nobody builds any more, and what to take. Source: their descriptions on Docker Hub, or their registries' notices. */
const GIVEN_UP: readonly (readonly [RegExp, string])[] = [
  [/^(?:openjdk|java|adoptopenjdk(?:\/.+)?)$/, 'take `eclipse-temurin`'],
  [/^iojs$|^nodesource\//, 'take `node`'],
  [/^centos(?:\/.+)?$/, 'take `almalinux`, `rockylinux/rockylinux`, or `quay.io/centos/centos:stream9`'],
  [/^jenkins$/, 'take `jenkins/jenkins`'],
  [/^(?:django|celery)$/, 'take `python`'],
  [/^rails$/, 'take `ruby`'],
  [/^(?:vault|consul)$/, 'take `hashicorp/vault` or `hashicorp/consul`'],
  [/^opensuse$/, 'take `opensuse/leap`'],
  [
    /^microsoft\/(?:dotnet|aspnetcore|aspnetcore-build|aspnet)$|^mcr\.microsoft\.com\/dotnet\/core\//,
    'take `mcr.microsoft.com/dotnet/sdk`, `aspnet` or `runtime`',
  ],
  [/^bitnamilegacy\//, 'its images get no updates'],
  [/^k8s\.gcr\.io\//, 'take `registry.k8s.io`'],
];

/** What a Dockerfile may take for an image that was given up; undefined for others. */
export function givenUp({ name }: Base): string | undefined {
  const plain = officialName(name) ?? name;
  return GIVEN_UP.find(([pattern]) => pattern.test(plain))?.[1];
}

export interface Ended {
  /** `Python 3.8`. */
  readonly what: string;
  /** A day or a month, as in ISO 8601. */
  readonly since: string;
}

/** What of an image has come to its end: itself, and the system that its tag names. */
export function endedIn({ name, tag }: Base): readonly Ended[] {
  const found = new Map<string, Ended>();
  const add = (product: ProductName, line: string): void => {
    const ended = endOf(product, line);
    if (ended !== undefined) found.set(ended.what, ended);
  };
  const product = productOf(name);
  if (product !== undefined && tag !== undefined)
    add(product, tag.startsWith('centos') ? tag.slice(6) : (NODE_LINES[tag.split('-', 1)[0] ?? ''] ?? tag));
  const distroless = /(?:^|\/)distroless\/.*-debian(\d+)$/.exec(name)?.[1];
  if (distroless !== undefined) add('debian', distroless);
  for (const part of (tag ?? '').split('-')) {
    const release = RELEASES[part];
    if (release !== undefined) add(...release);
    const named = /^(alpine|ubuntu|debian|centos)([\d.]+)$/.exec(part);
    if (named !== null) add(named[1] as ProductName, named[2] ?? '');
  }
  return [...found.values()];
}

function productOf(name: string): ProductName | undefined {
  if (/^mcr\.microsoft\.com\/dotnet\/(?:nightly\/)?(?:sdk|aspnet|runtime|runtime-deps)$/.test(name)) return 'dotnet';
  if (name === 'quay.io/centos/centos') return 'centos';
  const official = officialName(name) ?? '';
  return Object.hasOwn(PRODUCTS, official) ? (official as ProductName) : undefined;
}

/** The line of a version: `3.8` for `3.8.1-slim`, or `3` where only that is in the table. */
function endOf(product: ProductName, version: string): Ended | undefined {
  const { title, ended }: Product = PRODUCTS[product];
  const parts = (/^v?(stream\d+|\d+(?:\.\d+)*)(?![\d.]*[a-z]\d)/.exec(version)?.[1] ?? '').split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const line = parts.slice(0, length).join('.');
    const since = ended[line];
    // A major version alone stands for its last line.
    if (since !== undefined && (length === parts.length || !isMajorOfMany(ended, line))) return { what: `${title} ${line}`, since };
  }
  return undefined;
}

/** `3` of `3.8`: where lines have two numbers, the first alone says nothing of others. */
const isMajorOfMany = (ended: Product['ended'], line: string): boolean => Object.keys(ended).some((other) => other.startsWith(`${line}.`));
