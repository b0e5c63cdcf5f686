/** `os[(version)]/architecture[/variant]`, normalised (containerd/platforms v1.0.0-rc.2). */
export interface Platform {
  readonly os: string;
  readonly osVersion: string;
  readonly architecture: string;
  readonly variant: string;
}

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(' '),
);
const architectures = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
);

/** The platform that a text names; undefined where it names none. What is left out is `host`'s. */
export function parsePlatform(text: string, host: Platform): Platform | undefined {
  const parts = text.split('/');
  if (text.includes('*') || parts.length > 3) return undefined;
  const [first = '', second, third] = parts;
  const system = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.-]*)\))?$/.exec(first);
  if (system === null || parts.slice(1).some((part) => !/^[A-Za-z0-9_.-]+$/.test(part))) return undefined;
  const lower = (system[1] ?? '').toLowerCase();
  const os = lower === 'macos' ? 'darwin' : lower;
  const osVersion = system[2] ?? '';
  if (second === undefined) {
    if (systems.has(os)) return { os, osVersion, architecture: host.architecture, variant: '' };
    const architecture = normalArchitecture(first, '');
    return architectures.has(architecture.architecture) ? { os: host.os, osVersion, ...withoutV7(architecture) } : undefined;
  }
  if (third === undefined) return { os, osVersion, ...withoutV7(normalArchitecture(second, '')) };
  const full = normalArchitecture(second, third);
  return { os, osVersion, ...full, variant: full.architecture === 'arm64' && full.variant === '' ? 'v8' : full.variant };
}

interface Architecture {
  readonly architecture: string;
  readonly variant: string;
}

const withoutV7 = (found: Architecture): Architecture =>
  found.architecture === 'arm' && found.variant === 'v7' ? { ...found, variant: '' } : found;

function normalArchitecture(written: string, writtenVariant: string): Architecture {
  const architecture = written.toLowerCase();
  const variant = writtenVariant.toLowerCase();
  switch (architecture) {
    case 'i386':
      return { architecture: '386', variant: '' };
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { architecture: 'amd64', variant: variant === 'v1' ? '' : variant };
    case 'aarch64':
    case 'arm64':
      if (['8', 'v8', 'v8.0'].includes(variant)) return { architecture: 'arm64', variant: '' };
      return { architecture: 'arm64', variant: ['9', '9.0', 'v9.0'].includes(variant) ? 'v9' : variant };
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    case 'arm':
      if (variant === '' || variant === '7') return { architecture, variant: 'v7' };
      return { architecture, variant: ['5', '6', '8'].includes(variant) ? `v${variant}` : variant };
    default:
      return { architecture, variant };
  }
}

/** The platform as `--platform` takes it. */
export function formatPlatform({ os, osVersion, architecture, variant }: Platform): string {
  if (os === '') return 'unknown';
  return [osVersion === '' ? os : `${os}(${osVersion})`, architecture, variant].filter((part) => part !== '').join('/');
}
