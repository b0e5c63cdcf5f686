import type { ImageConfig, Platform } from '../types.ts';
import { SECTION, type Report } from './finding.ts';

// `go tool dist list` of Go 1.24, which the specification names as the list of values.
const OS = new Set('aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows'.split(' '));
const ARCHITECTURE = new Set('386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm'.split(' '));
/** image-index.md, "Platform Variants"; amd64's levels are those of Go's GOAMD64. */
const VARIANTS: Readonly<Record<string, RegExp>> = {
  arm: /^v[5-8]$/,
  arm64: /^v(?:8|9)(?:\.\d)?$/,
  amd64: /^v[1-4]$/,
  ppc64le: /^power\d+$/,
  riscv64: /^rva\d\du64$/,
};

/** Whether values are those that others understand. `unknown` is what builders say of attestations. */
export function checkPlatform({ os, architecture, variant }: Platform, at: string, report: Report): void {
  if (os === 'unknown' && architecture === 'unknown') return;
  const path = (key: string): string => [at, key].filter(Boolean).join('.');
  if (!OS.has(os)) report(`\`${os}\` is no system of Go's list`, { path: path('os'), severity: 'note' });
  if (!ARCHITECTURE.has(architecture))
    report(`\`${architecture}\` is no architecture of Go's list`, { path: path('architecture'), severity: 'note' });
  if (variant === undefined || variant === '' || VARIANTS[architecture]?.test(variant)) return;
  report(`\`${variant}\` is no known variant of ${architecture}`, { path: path('variant'), severity: 'note', section: SECTION.variants });
}

/** Whether the config is of the platform that the index says. */
export function comparePlatforms(config: ImageConfig, stated: Platform, report: Report): void {
  for (const key of ['os', 'architecture', 'variant', 'os.version'] as const) {
    const [wanted, own] = [stated[key], config[key]];
    if (wanted === undefined || wanted === own) continue;
    // Many builders write the variant into the index alone; readers take it from there.
    const isLeftOut = (own === undefined || own === '') && (key === 'variant' || key === 'os.version');
    const told = { path: key, section: SECTION.index } as const;
    report(`is ${own ?? 'missing'}, the index says ${wanted}`, isLeftOut ? { ...told, severity: 'note' } : told);
  }
}
