import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { copyOf, fixtures, LENIENT, plimsoll, scratch } from './plimsoll.ts';

// The oracle is the image itself: the service starts in it, imports what it imports and answers.
const place = scratch();
afterAll(place.remove);

interface Outcome {
  readonly id: string;
  readonly outcome: string;
  readonly why?: string;
  readonly fix?: string;
}

/** Machines that run tests are slow: a minute to start. */
async function ship(folder: string, config: string): Promise<{ code: number | null; gates: readonly Outcome[] }> {
  appendFileSync(join(folder, 'plimsoll.yaml'), config);
  const end = await plimsoll(['ship', folder, '--json', ...LENIENT]);
  if (end.stdout === '') throw new Error(end.stderr);
  return { code: end.code, gates: (JSON.parse(end.stdout) as { gates: Outcome[] }).gates };
}

const failures = (gates: readonly Outcome[]): readonly string[] =>
  gates.filter(({ outcome }) => outcome === 'failed').map(({ id, why }) => `${id}: ${why}`);

interface Case {
  readonly name: string;
  readonly config: string;
  /** Without what the table adds: the package that the gate names; absent where the lack shows only when it is called. */
  readonly named?: string;
  /** A service that lies in no fixture: its files. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

const fixture = (name: string, named: string, config = 'budget: {ready: 60 s}\n'): Case => ({ name, named, config });

/** A server that does one thing at `/`, and answers 500 when that goes wrong. */
const server = (requirements: string, imports: string, work: string): Case['files'] => ({
  'requirements.txt': `flask==3.1.0\ngunicorn==23.0.0\n${requirements}\n`,
  'app.py': `${imports}\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef work():\n    ${work.replaceAll('\n', '\n    ')}\n`,
});
const LARGE = 'budget: {ready: 60 s, size: 1 GB}\nprobes: ["GET / 200"]\n';

const small: readonly Case[] = [
  fixture('python-magic', '`libmagic1t64` (of Debian trixie)'),
  fixture('python-psycopg', '`libpq5` (of Debian trixie)'),
];

const heavy: readonly Case[] = [
  fixture('python-weasyprint', '`libpango-1.0-0`', ''),
  fixture('python-geodjango', '`libgdal36`', ''),
  {
    name: 'pyzbar',
    config: LARGE,
    named: '`libzbar0t64`',
    files: server(
      'pyzbar==0.1.9\npillow==11.0.0',
      'from PIL import Image\nfrom pyzbar.pyzbar import decode',
      'return {"codes": len(decode(Image.new("L", (40, 40))))}',
    ),
  },
  {
    name: 'cairosvg',
    config: `base: bookworm\n${LARGE}`,
    named: '`libcairo2` (of Debian bookworm)',
    files: server(
      'cairosvg==2.7.1',
      'import cairosvg',
      "svg = b\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text y='9'>x</text></svg>\"\nreturn {\"bytes\": len(cairosvg.svg2png(bytestring=svg))}",
    ),
  },
  {
    name: 'tesseract',
    config: LARGE,
    files: server(
      'pytesseract==0.3.13\npillow==11.0.0',
      'import pytesseract\nfrom PIL import Image, ImageDraw',
      'image = Image.new("L", (200, 60), 255)\nImageDraw.Draw(image).text((10, 10), "HELLO", fill=0, font_size=36)\ntext = pytesseract.image_to_string(image).strip()\nassert text == "HELLO", text\nreturn {"text": text}',
    ),
  },
  {
    name: 'ffmpeg',
    config: `base: bookworm\n${LARGE}`,
    files: server(
      '',
      'import subprocess',
      'line = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-f", "wav", "-"]\nreturn {"bytes": len(subprocess.run(line, capture_output=True, check=True).stdout)}',
    ),
  },
  {
    name: 'imagemagick',
    config: LARGE,
    files: server(
      '',
      'import subprocess',
      'return {"bytes": len(subprocess.run(["convert", "-size", "9x9", "xc:red", "png:-"], capture_output=True, check=True).stdout)}',
    ),
  },
  {
    name: 'opencv',
    config: LARGE,
    named: '`libgl1`',
    files: server('opencv-python==4.10.0.84', 'import cv2', 'return {"opencv": cv2.__version__}'),
  },
];

function layOut({ name, files }: Case, variant: string): string {
  const folder = join(place.folder, variant, name);
  if (files === undefined) return copyOf(join(fixtures, name, 'service'), folder);
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const cases = process.env['PLIMSOLL_TESTS'] === 'long' ? [...small, ...heavy] : small;

describe('what a service needs of the system', { timeout: 900_000 }, () => {
  test.each(cases)('$name: is in the image, and works there', async (each) => {
    const { code, gates } = await ship(layOut(each, 'with'), each.config);
    expect(failures(gates)).toEqual([]);
    expect(code).toBe(0);
  });

  test.each(cases.filter(({ named }) => named !== undefined))(
    '$name: without it `imports-resolve` fails and names the package',
    async (each) => {
      const { code, gates } = await ship(layOut(each, 'without'), `${each.config}systemPackages: false\n`);
      expect(gates.find(({ id }) => id === 'imports-resolve')).toMatchObject({
        outcome: 'failed',
        fix: expect.stringContaining(each.named ?? ''),
      });
      expect(code).toBe(1);
    },
  );
});
