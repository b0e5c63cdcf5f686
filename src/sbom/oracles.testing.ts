import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['spdx-tools==0.8.3', 'cyclonedx-python-lib[json-validation]==11.12.0', 'packageurl-python==0.17.6'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const venv = join(root, `node_modules/.cache/plimsoll/sbom/${PACKAGES.map((it) => it.replaceAll(/\[.*\]|==/g, '-')).join('_')}`);
const python = join(venv, 'bin/python');

function install(): string | undefined {
  try {
    if (!existsSync(join(venv, 'bin/pyspdxtools'))) {
      execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES], { stdio: 'pipe' });
    }
    return undefined;
  } catch (error) {
    return `python3 with venv and pip is needed to install spdx-tools and cyclonedx-python-lib: ${String(error).split('\n')[0]}`;
  }
}

/** Why the makers' own validators cannot be asked here; undefined when they can. */
export const whyNoOracles: string | undefined = install();

const ask = (code: string, text: string): unknown =>
  JSON.parse(execFileSync(python, ['-c', code], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 }));

const CYCLONEDX = `
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print(json.dumps([] if error is None else [str(error)[:2000]]))
`;
/** What CycloneDX' own schema for 1.6, in its strict form, finds wrong. */
export const askCycloneDx = (text: string): unknown => ask(CYCLONEDX, text);

const SPDX = `
import io, json, sys
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
document = JsonLikeDictParser().parse(json.load(sys.stdin))
print(json.dumps([m.validation_message for m in validate_full_spdx_document(document, 'SPDX-2.3')]))
`;
/** What the reference tools of SPDX find wrong. */
export const askSpdx = (text: string): unknown => ask(SPDX, text);

const PURL = `
import json, sys
from packageurl import PackageURL
print(json.dumps([PackageURL.from_string(it).to_string() for it in json.load(sys.stdin)]))
`;
/** Package URLs, read and written again by the reference library. */
export const rewritePurls = (purls: readonly string[]): unknown => ask(PURL, JSON.stringify(purls));
