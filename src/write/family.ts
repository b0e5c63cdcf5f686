import type { ContractUser, DockerfileBase } from '../plan/index.ts';
import { DEBIAN_VERSIONS } from './debian-versions.ts';
import { comment, run } from './words.ts';

/** What distributions do in ways of their own: packages, users, where programs lie. */
export interface Family {
  /** An instruction that installs these packages, each with its version. `isKept`: the stage is the image. */
  readonly install: (packages: readonly string[], isKept: boolean) => string;
  /** A package with the version that is right for this base; by its name alone where no version is known. */
  readonly pinned: (name: string) => string;
  /** For a comment: which versions packages have that are named without one, and that hadolint asks for them all the same. */
  readonly open: (names: readonly string[]) => readonly string[];
  /** What compiles a Python extension, with headers. */
  readonly compilers: readonly string[];
  readonly addUser: (user: ContractUser) => readonly string[];
  /** What `addUser` needs. */
  readonly userTools: readonly string[];
  /** What brings the interpreter, and pip; empty where the image has them. */
  readonly python: readonly string[];
  readonly pip: readonly string[];
  /** Where init programs lie that the plan names by their place in Debian. */
  readonly programs: Readonly<Record<string, string>>;
}

export function familyOf({ family, suite, python }: DockerfileBase): Family {
  if (family === 'alpine') return alpine;
  return family === 'amazonlinux' ? amazonLinux(python) : debian(suite ?? 'trixie');
}

const PASSWD = { shell: '/usr/sbin/nologin', home: '/nonexistent' };

/** passwd of shadow-utils: without --no-log-init a high number makes a sparse file of gigabytes (moby issue 5419). */
const useradd = ({ uid, gid, name, shell = PASSWD.shell }: ContractUser): readonly string[] => [
  `groupadd --gid ${gid} ${name}`,
  `useradd --uid ${uid} --gid ${gid} --no-log-init --no-create-home --home-dir ${PASSWD.home} --shell ${shell} ${name}`,
];

/** A version is never made up, and hadolint's finding never silenced: whoever reads the file sees both sides. */
const asksFor = (code: string): string =>
  `hadolint asks for a version with each (${code}): none is known for this base, so its finding stays`;
const ofDistribution = (code: string) => (names: readonly string[]) => [
  `${names.join(', ')}: in the version that the distribution has`,
  asksFor(code),
];

const debian = (suite: 'bookworm' | 'trixie'): Family => ({
  install: (packages) =>
    run(
      [],
      'apt-get update',
      `apt-get install --yes --no-install-recommends ${packages.join(' ')}`,
      'apt-get clean',
      'rm -rf /var/lib/apt/lists/*',
    ),
  pinned: (name) => {
    const version = DEBIAN_VERSIONS[name]?.[suite];
    return version === undefined ? name : `${name}=${version}`;
  },
  open: ofDistribution('DL3008'),
  compilers: ['gcc', 'libc6-dev'],
  addUser: useradd,
  userTools: [],
  python: [],
  pip: [],
  programs: {},
});

/** apk's `~`: any version that begins so. */
const ALPINE_VERSIONS: Readonly<Record<string, string>> = {
  tini: '0.19',
  'dumb-init': '1.2',
  curl: '8',
  'build-base': '0.5',
  'linux-headers': '6',
  gettext: '0',
};

const alpine: Family = {
  install: (packages) => run([], `apk add --no-cache ${packages.join(' ')}`),
  pinned: (name) => (ALPINE_VERSIONS[name] === undefined ? name : `${name}~${ALPINE_VERSIONS[name]}`),
  open: ofDistribution('DL3018'),
  compilers: ['build-base', 'linux-headers'],
  // BusyBox: -D no password, -H no home.
  addUser: ({ uid, gid, name, shell = '/sbin/nologin' }) => [
    `addgroup -g ${gid} ${name}`,
    `adduser -D -H -h ${PASSWD.home} -s ${shell} -u ${uid} -G ${name} ${name}`,
  ],
  userTools: [],
  python: [],
  pip: [],
  programs: { '/usr/bin/tini': '/sbin/tini' },
};

/** Amazon Linux 2023 has dnf 4, whose cache may lie anywhere. */
const DNF_CACHE = '/var/cache/libdnf5';

const amazonLinux = (python: string): Family => ({
  // The cache is a mount in a stage that is thrown away; in the image nothing of it may stay.
  install: (packages, isKept) =>
    isKept
      ? run([], `dnf install -y ${packages.join(' ')}`, 'dnf clean all')
      : [
          comment('The cache is a mount, where dnf 5 and hadolint (DL3040) look for it: nothing is left to clean'),
          run(
            [`type=cache,target=${DNF_CACHE},sharing=locked`],
            `dnf install -y --setopt=keepcache=1 --setopt=cachedir=${DNF_CACHE} ${packages.join(' ')}`,
          ),
        ].join('\n'),
  // The image has curl-minimal, and the package `curl` conflicts with it.
  pinned: (name) => (name === 'curl' ? 'curl-minimal' : name),
  open: () => ['Versions: those of the image’s release, to which Amazon Linux 2023 locks its repositories', asksFor('DL3041')],
  compilers: ['gcc', 'make', `python${python}-devel`],
  addUser: useradd,
  userTools: ['shadow-utils'],
  python: [`python${python}`],
  pip: [`python${python}-pip`],
  // Neither is packaged: PyPI has dumb-init, and it lies with the other programs of the environment.
  programs: { '/usr/bin/tini': 'dumb-init', '/usr/bin/dumb-init': 'dumb-init' },
});
