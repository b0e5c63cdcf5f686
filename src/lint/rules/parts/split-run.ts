import { declaration, replace, wordsOf, type Dockerfile, type Edit, type Instruction } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import type { Fix, Subject } from '../../types.ts';
import { chainOf, isSelfContained, type Link } from './chain.ts';
import { spanIn, withoutQuotes, type Run } from './hadolint.ts';
import { inStage, type InStage } from './in-stage.ts';
import { lineEnd, plainScript } from './layout.ts';
import { keepsFiles } from './merge.ts';
import { joinPath, workdirAt } from './workdir.ts';

/** Commands that are run in one folder; undefined: the one that the RUN finds. */
interface Piece {
  readonly folder: string | undefined;
  readonly links: Link[];
}

/**
 * Puts a WORKDIR in place of each `cd` of a RUN, and a RUN of their own to what is done there. Only where every part does
 * the same by itself, no layer keeps what is deleted later, and whoever comes after finds the folder it found before.
 */
export function workdirsFor(subject: Subject, at: ReadInstruction<Run>): Fix | undefined {
  const place = inStage(subject, at.instruction);
  const script = plainScript(at, at);
  const links = script === undefined ? undefined : chainOf(script);
  if (at.instruction === undefined || place === undefined || links === undefined) return undefined;
  const before = workdirAt(subject, at.instruction);
  const pieces = piecesOf(links, before, place);
  const cds = at.arguments.script.commands.filter(({ name }) => name === 'cd').length;
  if (pieces === undefined || cds !== links.filter(isCd).length) return undefined;
  const runs = pieces.filter((piece) => piece.links.length > 0);
  if (runs.length === 0 || hasRelativeMount(at.instruction)) return undefined;
  if (runs.length > 1 && !areIndependent(runs, at.instruction, place)) return undefined;
  const back = runs.at(-1)?.folder === before || !isFolderUsed(subject, place) ? '' : before;
  if (back === undefined) return undefined;
  const edits = editsFor(subject.file, at, runs, back);
  return edits && { title: 'say it with WORKDIR', edits };
}

const isCd = ({ text }: Link): boolean => /^cd(?:\s|$)/.test(text);

/** Undefined where a folder cannot be told. */
function piecesOf(links: readonly Link[], before: string | undefined, place: InStage): readonly Piece[] | undefined {
  const pieces: Piece[] = [{ folder: undefined, links: [] }];
  let folder = before;
  // Where a script ends matters to nobody.
  const end = links.findLastIndex((link) => !isCd(link)) + 1;
  for (const link of links.slice(0, end)) {
    if (!isCd(link)) pieces.at(-1)?.links.push(link);
    else {
      const to = /^cd\s+(["']?)([\w./@%+:,=${}-]+)\1$/.exec(link.text)?.[2];
      folder = to === undefined || to === '-' ? undefined : joinPath(folder, withoutQuotes(to))?.replace(/(?<=.)\/$/, '');
      if (folder === undefined || !isSet(folder, place)) return undefined;
      pieces.push({ folder, links: [] });
    }
  }
  return pieces;
}

/** Whether ARG or ENV sets all variables of a text. */
function isSet(text: string, { before }: InStage): boolean {
  const names = before
    .map(({ instruction }) => instruction)
    .flatMap(({ name, args }) =>
      name === 'ARG'
        ? wordsOf(args).map((word) => declaration(word).name)
        : args.form === 'pairs'
          ? args.pairs.map((pair) => pair.name)
          : [],
    );
  return [...text.matchAll(/\$\{?(\w+)/g)].every(([, name = '']) => names.includes(name));
}

const hasRelativeMount = ({ flags }: Instruction): boolean =>
  flags.some(({ name, value = '' }) => name === 'mount' && /(?:^|,)(?:target|dst|destination)=(?!\/)/.test(value));

/** What takes files away again, so that another layer would keep them. */
const DELETES =
  /(?:^|\s)(?:rm|rmdir|mv|(?:apt|apt-get|yum|dnf|microdnf|zypper)\s+(?:\S+\s+)*(?:clean|purge|remove|autoremove)|apk\s+del|make\s+(?:dist)?clean)(?:\s|$)/;

/** Whether parts of a script can be RUNs of their own. */
const areIndependent = (runs: readonly Piece[], instruction: Instruction, { stage }: InStage): boolean =>
  !keepsFiles(instruction) &&
  runs.slice(0, -1).every(({ links }) => links.every(({ text }) => isSelfContained(text))) &&
  !(stage.isInImage && runs.slice(1).some(({ links }) => links.some(({ text }) => DELETES.test(text))));

/** Whether the folder matters to what comes after: to an instruction of the stage, or to an image made of it. */
function isFolderUsed({ stages }: Subject, { stage, step }: InStage): boolean {
  for (const { instruction } of stage.steps.slice(stage.steps.indexOf(step) + 1)) {
    if (instruction.name === 'WORKDIR') return !/^["']?\//.test(wordsOf(instruction.args)[0] ?? '');
    if (['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD'].includes(instruction.name)) return true;
    if ((instruction.name === 'COPY' || instruction.name === 'ADD') && !/^["']?\//.test(wordsOf(instruction.args).at(-1) ?? ''))
      return true;
  }
  return stage.isLast || stages.some(({ parent }) => parent === stage);
}

function editsFor(file: Dockerfile, at: ReadInstruction<Run>, runs: readonly Piece[], back: string): readonly Edit[] | undefined {
  const instruction = at.instruction as Instruction;
  const end = lineEnd(file);
  const script = spanIn(at, { start: 0, end: 1 })?.start ?? instruction.span.end;
  const flags = instruction.flags.length === 0 ? ' ' : file.text.slice(instruction.keywordSpan.end, script);
  const edits: Edit[] = [];
  let last = instruction.span.start;
  for (const { folder, links } of runs) {
    const span = spanIn(at, { start: links[0]?.start ?? 0, end: links.at(-1)?.end ?? 0 });
    if (span === undefined) return undefined;
    const gap = { start: last, end: span.start };
    if (folder !== undefined) {
      if (file.text.slice(gap.start, gap.end).includes('#')) return undefined;
      const before = last === instruction.span.start ? '' : end;
      edits.push(replace(gap, `${before}WORKDIR ${folder}${end}${instruction.keyword}${flags}`));
    }
    last = span.end;
  }
  return [...edits, replace({ start: last, end: instruction.span.end }, back === '' ? '' : `${end}WORKDIR ${back}`)];
}
