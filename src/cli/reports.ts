import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { Option, type Command } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import type { Image } from '../image/index.ts';
import type { Inspection } from '../inspect/index.ts';
import type { Proof } from '../prove/index.ts';
import { proofFormats, type BuildSummary, type ProofFormatName, type ProofReport } from '../report/index.ts';
import type { Project } from './project.ts';
import { version } from './version.ts';

/** Each is the option's name and what it says of it. */
const REPORTS: Readonly<Record<ProofFormatName, string>> = {
  html: 'one page, to show people: no script, nothing from elsewhere',
  markdown: 'Markdown, for a pull request',
  junit: 'JUnit’s XML, a test case for each check, for CI',
  sarif: 'SARIF 2.1.0, for code scanning',
};
export const REPORT_NAMES = Object.keys(REPORTS) as readonly ProofFormatName[];

export type ReportOptions = { readonly [name in ProofFormatName]?: string };

/** `--html FILE`, `--junit FILE` …, each beside the others. */
export function reportOptions(command: Command): Command {
  for (const name of REPORT_NAMES)
    command.addOption(new Option(`--${name} <file>`, `also write the report as ${REPORTS[name]} (\`-\`: standard output)`));
  return command;
}

/** Throws UserError where two documents would go to standard output. */
export function refuseTwoOutputs(options: ReportOptions & { readonly json?: boolean }): void {
  const [first, second] = [
    ...(options.json ? ['--json'] : []),
    ...REPORT_NAMES.filter((name) => options[name] === '-').map((name) => `--${name} -`),
  ];
  if (second !== undefined)
    throw new UserError(`\`${first}\` and \`${second}\` would both be on standard output`, 'give one of them a file');
}

/** A report is what standard output is for: people read the rest on standard error. */
export const reportsToStdout = (options: ReportOptions): boolean => REPORT_NAMES.some((name) => options[name] === '-');

/** Writes the reports that were asked for, of a service or of an image alone, by its name; folders on the way are made. Throws UserError where a file cannot be written. */
export async function writeReports(
  options: ReportOptions,
  of: Project | string,
  image: Image,
  summary: BuildSummary['image'],
  proof: Proof,
): Promise<void> {
  const wanted = REPORT_NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]] as const]));
  if (wanted.length === 0) return;
  const { config } = await image.config();
  const report = {
    ...aboutOf(of),
    image: { ...summary, user: config?.User ?? '', entrypoint: config?.Entrypoint ?? [], command: config?.Cmd ?? [] },
    proof,
    ...(options.html === undefined ? {} : { inspection: await inspected(image, typeof of === 'string' ? of : of.plan.service.name.value) }),
    at: new Date(),
    version: await version(),
  };
  for (const [name, file] of wanted) await writeReport(name, file, proofFormats[name](report));
}

/** Loaded where it is needed: options of these reports are declared by commands that look into no image. */
const inspected = async (image: Image, ref: string): Promise<Inspection> =>
  (await import('../inspect/index.ts')).inspectImage(image, { ref });

function aboutOf(of: Project | string): Pick<ProofReport, 'name' | 'title' | 'decisions' | 'folder'> {
  if (typeof of === 'string') return { name: of, title: of, decisions: [], folder: '' };
  const { service, decisions } = of.plan;
  const folder = relative(process.cwd(), of.root).split(sep).join('/');
  return {
    name: service.name.value,
    title: service.name.value + (service.version ? ` ${service.version.value}` : ''),
    decisions,
    folder: folder.startsWith('..') ? '' : folder,
  };
}

/** Writes the report of `--NAME FILE`; folders on the way are made. Throws UserError where it cannot. */
export async function writeReport(name: ProofFormatName, file: string, text: string): Promise<void> {
  if (file === '-') return void process.stdout.write(text);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new UserError(
      `\`--${name} ${file}\` cannot be written (${errorCode(error) ?? 'unknown'})`,
      'name a file in a folder that you may write to',
    );
  }
}
