import { messageOf, EnvironmentError, type Evidence } from '../../base/index.ts';
import { findOnPath } from '../../base/node.ts';
import { findMirrors, namesDebian } from './debian/index.ts';
import { hostPip } from './python/index.ts';

/** Where the direct engine gets packages from on this machine: for doctor. Never throws. */
export async function packageSources(): Promise<{ what: string; ok: boolean; says: string; remedy?: string }[]> {
  return [await debian(), await uv()];
}

/** Why this machine can have no packages of Debian; undefined where it says whence. Throws EnvironmentError for a wrong setting. */
export async function lackOfDebian(): Promise<Evidence | undefined> {
  if (await namesDebian()) return undefined;
  return { from: 'run', what: '/etc/apt', text: 'it names no Debian mirror, and PLIMSOLL_DEBIAN_MIRROR is not set' };
}

async function debian(): Promise<{ what: string; ok: boolean; says: string; remedy?: string }> {
  const what = 'build: Debian packages';
  try {
    if (!(await namesDebian()))
      return {
        what,
        ok: true,
        says: 'no mirror is known: images are built on the official `python` image (PLIMSOLL_DEBIAN_MIRROR names one)',
      };
    const { main, security } = await findMirrors({});
    const from = [...new Set([...main, ...security].map((mirror) => mirror.from))].join(', ');
    return {
      what,
      ok: true,
      says: `${main.length} mirror${main.length === 1 ? '' : 's'}, ${security.length === 0 ? 'no' : security.length} for security, from ${from}`,
    };
  } catch (error) {
    return { what, ok: false, says: messageOf(error), ...(error instanceof EnvironmentError ? { remedy: error.hint } : {}) };
  }
}

async function uv(): Promise<{ what: string; ok: boolean; says: string }> {
  const what = 'build: uv';
  const path = await findOnPath('uv');
  if (path !== undefined) return { what, ok: true, says: path };
  const pip = await hostPip();
  return {
    what,
    ok: true,
    says: pip ? `fetched with \`${pip.argv.join(' ')}\` when it is needed` : "fetched with Debian's own pip when it is needed",
  };
}
