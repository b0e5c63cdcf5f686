import { describe, expect, test } from 'vitest';
import { wheelPlatform, type Libc } from './libc.ts';

// Which wheels fit: PEP 600 for glibc, PEP 656 for musl; uv knows no tag above 2.40.
describe('the platform that wheels are chosen for', () => {
  test.each<[Libc, string, string | undefined]>([
    [{ kind: 'glibc', minor: 36 }, 'amd64', 'x86_64-manylinux_2_36'],
    [{ kind: 'glibc', minor: 41 }, 'arm64', 'aarch64-manylinux_2_40'],
    [{ kind: 'glibc', minor: 34 }, 'amd64', 'x86_64-manylinux_2_34'],
    [{ kind: 'glibc', minor: 30 }, 'amd64', 'x86_64-manylinux_2_28'],
    [{ kind: 'glibc', minor: 12 }, 'amd64', undefined],
    [{ kind: 'musl', version: '1.2.5' }, 'amd64', 'x86_64-unknown-linux-musl'],
    [{ kind: 'musl', version: '1.1.24' }, 'amd64', undefined],
    [{ kind: 'glibc', minor: 36 }, 'riscv64', undefined],
  ])('%j on %s: %s', (libc, architecture, platform) => {
    expect(wheelPlatform(libc, architecture)).toBe(platform);
  });
});
