// Bases that stand in for those of a registry where none is reached: file systems from Debian's packages, made once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLayout } from './layout.mjs';

/** Python where the official image has it, without byte code as there, and nothing that keeps pip from installing. `$1` is the root. */
const python = (version) => `#!/bin/sh
set -eu
for name in python3 python; do ln -sf /usr/bin/python${version} "$1/usr/local/bin/$name"; done
rm -f "$1/usr/lib/python${version}/EXTERNALLY-MANAGED"
rm -rf "$1"/usr/lib/python3/dist-packages/packaging-*.dist-info # pip's own copy does; Debian's cannot be replaced
find "$1/usr/lib" -name __pycache__ -type d -prune -exec rm -rf {} +
printf '#!/bin/sh\\nexec /usr/local/bin/python3 -m pip "$@"\\n' > "$1/usr/local/bin/pip"
chmod 755 "$1/usr/local/bin/pip"
`;

/** A `dnf` that installs Debian's packages by the names that they have on Amazon Linux 2023. */
const dnf = `#!/bin/sh
set -eu
cat > "$1/usr/bin/dnf" <<'END'
#!/bin/sh
set -eu
[ "$1" = install ] || exit 0
shift
names=
for each; do
  case $each in
    -*) ;;
    shadow-utils) names="$names passwd" ;;
    curl-minimal) names="$names curl ca-certificates" ;;
    python3.11) names="$names python3" ;;
    python3.11-pip) names="$names python3-pip python3-venv" ;;
    python3.11-devel) names="$names libpython3.11-dev" ;;
    *) names="$names $each" ;;
  esac
done
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-unsafe-io $names
rm -rf /usr/lib/python3.11/EXTERNALLY-MANAGED /var/lib/apt/lists/*
END
chmod 755 "$1/usr/bin/dnf"
`;

const PATH = 'PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin';
const PYTHON_PACKAGES = 'ca-certificates,netbase,tzdata,passwd,python3,python3-pip,python3-venv';

/** What Debian's own slim images leave out. */
const LEFT_OUT = ['doc', 'info', 'locale', 'man', 'groff', 'lintian', 'linda'].map((name) => `path-exclude=/usr/share/${name}/*`);
const KEPT = ['/usr/share/doc/*/copyright', '/usr/share/locale/locale.alias'].map((path) => `path-include=${path}`);

/** As in Debian's own images: apt alone would merge /usr by a package that brings 50 MB of Perl. */
const HOOKS = '/usr/share/mmdebstrap/hooks/maybe-merged-usr';

/** What each stands in for: the references that examples name, and what is true of it. */
export const STAND_INS = [
  {
    name: 'python-bookworm',
    suite: 'bookworm',
    packages: PYTHON_PACKAGES,
    customize: python('3.11'),
    references: ['library/python:3.11-slim', 'library/python:3.11-slim-bookworm', 'library/python:3.11.6-slim'],
  },
  {
    // Debian never had Python 3.12.
    name: 'python-trixie',
    suite: 'trixie',
    packages: PYTHON_PACKAGES,
    customize: python('3.13'),
    references: ['library/python:3.12-slim', 'library/python:3.12.10-slim', 'library/python:3.13-slim-trixie'],
  },
  { name: 'amazonlinux', suite: 'bookworm', packages: '', customize: dnf, references: ['amazonlinux/amazonlinux:2023'] },
];

/** Where stand-ins and programs are kept between runs. */
export const kept = () => {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'plimsoll-engines');
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** Names what a stand-in is made of. */
export const keyOf = ({ suite, packages, customize, references }) =>
  createHash('sha256')
    .update(JSON.stringify([suite, packages, LEFT_OUT, KEPT, HOOKS, customize, references]))
    .digest('hex')
    .slice(0, 16);

/** A stand-in as an OCI layout; from Debian's packages where it was not made yet. Needs root and mmdebstrap. */
export function layoutOf(standIn) {
  const { name, suite, packages, customize, references } = standIn;
  const layout = join(kept(), `${name}-${keyOf(standIn)}`);
  if (existsSync(layout)) return layout;
  console.error(`making a stand-in base from Debian ${suite}: ${name} …`);
  const making = mkdtempSync(join(kept(), 'making-'));
  const tar = join(making, 'root.tar');
  const hook = join(making, 'customize');
  writeFileSync(hook, customize, { mode: 0o755 });
  // dpkg asks the disk to write each file down; memory has nothing to wait for.
  const inMemory = existsSync('/dev/shm') && statfsSync('/dev/shm').bavail * statfsSync('/dev/shm').bsize > 2 ** 30;
  const argv = [
    '--quiet',
    '--variant=apt',
    ...(packages === '' ? [] : [`--include=${packages}`]),
    ...['force-unsafe-io', ...LEFT_OUT, ...KEPT].map((option) => `--dpkgopt=${option}`),
    `--hook-directory=${HOOKS}`,
    `--customize-hook=${hook} "$1"`,
    suite,
    tar,
    ...mirrorOf(),
  ];
  const end = spawnSync('mmdebstrap', argv, { encoding: 'utf8', env: { ...process.env, TMPDIR: inMemory ? '/dev/shm' : tmpdir() } });
  if (end.status !== 0) throw new Error(`mmdebstrap: ${end.error?.message ?? end.stderr}`);
  writeLayout(
    join(making, 'layout'),
    tar,
    { Env: [PATH, 'LANG=C.UTF-8'], Cmd: ['sh'] },
    `stand-in from Debian ${suite} for ${references.join(', ')}`,
  );
  renameSync(join(making, 'layout'), layout);
  rmSync(making, { recursive: true });
  return layout;
}

/** The mirror that this machine's own apt uses; mmdebstrap's own where it says none. */
function mirrorOf() {
  const end = spawnSync('apt-get', ['indextargets', '--format', '$(ORIGIN) $(CODENAME) $(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const found = /^Debian [a-z]+ (\S+)$/m.exec(end.stdout ?? '');
  return found ? [found[1]] : [];
}
