// How well secrets are found: files made for it (bench/secrets-set), beside files of real packages, which hold none, or such as
// their makers published. Each kind's recall, each kind's false alarms, every miss and alarm with --all.
//   node bench/secrets.mjs [a|b|c] [--all]        b, c: other seeds, other packages
// Needs pip, apt-get, dpkg-deb, npm, openssl, ssh-keygen, gpg, zip, xz, zstd, iconv; keytool where there are to be keystores.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../scripts/setup.mjs';
import { nearMisses, positives } from './secrets-set/files.mjs';
import { binaryKeys, hidden } from './secrets-set/packed.mjs';
import { packageFiles } from './secrets-set/packages.mjs';
import { randomOf } from './secrets-set/random.mjs';

const set = ['b', 'c'].find((it) => process.argv.includes(it)) ?? 'a';
const showAll = process.argv.includes('--all');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-secrets-'));

async function bundled() {
  const bundle = await rolldown({ input: join(root, 'src/prove/secrets/scan.ts'), platform: 'node', logLevel: 'silent' });
  await bundle.write({ dir: folder, entryFileNames: 'scan.mjs', format: 'esm' });
  return import(join(folder, 'scan.mjs'));
}

const percent = (part, all) => (all === 0 ? '-' : `${((100 * part) / all).toFixed(1)} %`);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

/** Every file of the set with a secret in it; of some the same where they are harder to see. */
function* sought() {
  for (const file of positives(randomOf(`plimsoll ${set}`), 12))
    yield { ...file, bytes: Buffer.from(file.text, file.isBinary ? 'latin1' : 'utf8') };
  let count = 0;
  for (const file of positives(randomOf(`packed ${set}`), 12)) {
    count += 1;
    if (count % PACKED_OF === 0) for (const it of hidden(file)) yield { ...it, group: `packed, of ${file.group}` };
  }
  for (const it of binaryKeys()) if (!it.isNone) yield { ...it, group: 'key of bytes' };
}
/** One file of so many is packed too. */
const PACKED_OF = 12;

/** Whether openssl, ssh-keygen or gpg reads a private key in it: then it is one, published with its package. */
function holdsRealKey(text) {
  const blocks = text.replaceAll('\\n', '\n').matchAll(/-----BEGIN ([A-Z ]*PRIVATE KEY[A-Z ]*)-----[^]*?-----END \1-----/g);
  return [...blocks].some(([block, label]) => {
    const plain = `${block.replaceAll(/^\s*(?:b?["'])?|["']\s*\+?[,)\s\\]*$|[\s\\]+$/gm, '')}\n`;
    if (label.startsWith('PGP')) return spawnSync('gpg', ['--batch', '--list-packets'], { input: plain }).status === 0;
    if (label.startsWith('OPENSSH')) return plain.includes('b3BlbnNzaC1rZXktdjEA');
    if (plain.includes('Proc-Type') || label.startsWith('ENCRYPTED'))
      return (
        spawnSync('openssl', ['pkey', '-passin', 'pass:none', '-noout'], { input: plain }).stderr.includes('bad decrypt') ||
        spawnSync('openssl', ['asn1parse', '-noout'], { input: plain }).status === 0
      );
    return spawnSync('openssl', ['pkey', '-noout'], { input: plain }).status === 0;
  });
}

try {
  const { secretsInFile } = await bundled();
  const find = (path, bytes) =>
    secretsInFile(
      path,
      (async function* () {
        yield bytes;
      })(),
    );

  console.log(`set ${set}\n`);
  const byKind = new Map();
  const groups = new Map();
  for (const { kind, group, path, bytes, text = '', line, inside } of sought()) {
    const found = (await find(path, bytes)).filter(
      (it) => (line === undefined || it.line === line) && (it.inside ?? []).join('!') === (inside ?? []).join('!'),
    );
    const isKnown = found.some((it) => it.known);
    for (const [counts, name] of [
      [byKind, kind],
      [groups, group],
    ]) {
      const count = counts.get(name) ?? { all: 0, found: 0, known: 0 };
      counts.set(name, { all: count.all + 1, found: count.found + (found.length > 0 ? 1 : 0), known: count.known + (isKnown ? 1 : 0) });
    }
    if (showAll && (found.length === 0 || (!group.endsWith('named') && !isKnown)))
      console.log(`missed ${kind} in ${path}: ${text.split('\n')[(line ?? 1) - 1]?.slice(0, 160)}`);
  }
  row('kind', 'files', 'found', 'of these known, not only noted');
  row('---', '---', '---', '---');
  for (const [kind, { all, found, known }] of [...byKind, ...[...groups].map(([name, count]) => [`all of group ${name}`, count])])
    row(kind, all, percent(found, all), percent(known, all));

  const near = { files: 0, known: 0, likely: 0 };
  for (const { kind, path, text } of nearMisses(randomOf(`near ${set}`), 12)) {
    const found = await find(path, Buffer.from(text));
    near.files += 1;
    near.known += found.some((it) => it.known) ? 1 : 0;
    near.likely += found.some((it) => !it.known) ? 1 : 0;
    if (showAll) for (const it of found) console.log(`alarm ${kind} in ${path}: ${it.name} ${it.shown ?? ''}`);
  }
  for (const { kind, path, bytes, isNone } of binaryKeys()) {
    if (!isNone) continue;
    const found = await find(path, bytes);
    near.files += 1;
    near.known += found.length > 0 ? 1 : 0;
    if (showAll) for (const it of found) console.log(`alarm ${kind} in ${path}: ${it.name}`);
  }
  console.log(`\nnear misses: ${near.files} files, ${near.known} alarms, ${near.likely} notes`);

  const files = packageFiles(set, join(homedir(), '.cache/plimsoll-bench-secrets', set));
  const began = performance.now();
  for (const [title, pathOf] of [
    ['as the application’s own', (it) => `app/${it.path}`],
    ['where packages put them', (it) => it.installed],
  ]) {
    const alarms = new Map();
    const counts = { files: 0, bytes: 0, keys: 0, known: 0, likely: 0 };
    for (const it of files) {
      const bytes = readFileSync(it.file);
      counts.files += 1;
      counts.bytes += bytes.length;
      const found = await find(pathOf(it), bytes);
      if (found.length === 0) continue;
      const text = bytes.toString('latin1');
      const isKey = found.some((one) => one.known && /private key/.test(one.name)) && holdsRealKey(text);
      const others = found.filter((one) => !(isKey && /private key/.test(one.name)));
      if (isKey) counts.keys += 1;
      if (others.some((one) => one.known)) counts.known += 1;
      if (others.some((one) => !one.known)) counts.likely += 1;
      for (const one of others) {
        const name = one.known ? one.name.replace(/`.*`/, '`…`') : `noted: ${one.name.replace(/`.*`/, '`…`')}`;
        alarms.set(name, (alarms.get(name) ?? 0) + 1);
        if (showAll)
          console.log(
            `${one.known ? 'alarm' : 'note'} ${[it.path, ...(one.inside ?? [])].join('!')}:${one.line ?? one.offset}: ${one.name} ${one.shown ?? ''}: ${text.split('\n')[one.line - 1]?.trim().slice(0, 150) ?? ''}`,
          );
      }
    }
    const known = [...groups].filter(([group]) => !group.endsWith('named')).reduce((sum, [, it]) => sum + it.known, 0);
    const noted = groups.get('named');
    console.log(
      `\npackages, ${title}: ${counts.files} files, ${(counts.bytes / 1e6).toFixed(0)} MB; ${counts.keys} files hold private keys that openssl, ssh or gpg reads;` +
        ` ${counts.known} others have an alarm (precision ${percent(known, known + counts.known)}), ${counts.likely} a note (precision ${percent(noted.found, noted.found + counts.likely)})`,
    );
    for (const [name, count] of [...alarms].toSorted((a, b) => b[1] - a[1])) row(name, count);
  }
  console.log(`\n${((performance.now() - began) / 1000).toFixed(1)} s for both passes`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
