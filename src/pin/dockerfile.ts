import {
  declaration,
  evaluate,
  parse,
  parseMount,
  wordsOf,
  type Dockerfile,
  type Edit,
  type Instruction,
  type StageStart,
} from '../dockerfile/index.ts';
import { Finds } from './reference.ts';
import type { TakenImages, Unreadable } from './types.ts';

type Span = Edit['span'];

/**
 * The images that a Dockerfile names: FROM, `COPY --from`, `RUN --mount=from=`, `# syntax=`. Stages of its own and
 * `scratch` are none. Where FROM takes the whole name from an ARG, the ARG's default is the place: whoever gives another
 * value replaces name and digest together. A name that an ARG is only a part of has no such place: a digest behind it
 * would win over whatever the ARG says.
 */
export function imagesInDockerfile(text: string): TakenImages | Unreadable {
  const file = parse(text);
  const { problems, stages } = evaluate(file, { argumentsGiven: true });
  const [problem] = problems;
  if (problem) return { problem: problem.message, hint: problem.hint, at: file.rangeOf(problem.span).start };
  const finds = new Finds(text);
  syntaxImage(file, finds);
  const bases = new Bases(file, stages, finds);
  stages.forEach((stage, i) => bases.read(stage, i));
  const names = new Set(stages.flatMap(({ name }) => name ?? []));
  for (const instruction of file.instructions) borrowed(instruction, names, finds);
  return finds.all();
}

function syntaxImage({ directives, text }: Dockerfile, finds: Finds): void {
  const directive = directives.find(({ name }) => name === 'syntax');
  if (!directive) return;
  const { span, value } = directive;
  // What follows the name goes to the frontend: BuildKit, parser/directives.go, `DetectSyntax`.
  const [name = ''] = value.split(/\s/, 1);
  finds.take(name, { start: span.start + text.slice(span.start, span.end).indexOf('=') + 1, end: span.end });
}

/** `COPY --from` and mounts, which take no variables; ONBUILD holds them too. */
function borrowed(instruction: Instruction, stages: ReadonlySet<string>, finds: Finds): void {
  if (instruction.args.form === 'trigger') return borrowed(instruction.args.instruction, stages, finds);
  for (const { name, value = '', span } of instruction.flags) {
    const from =
      instruction.name === 'COPY' && name === 'from' ? value : instruction.name === 'RUN' && name === 'mount' ? mounted(value) : '';
    const isStage = stages.has(from.toLowerCase()) || (instruction.name === 'COPY' && /^\d+$/.test(from));
    if (from !== '' && from !== 'scratch' && !isStage) finds.take(from, span);
  }
}

function mounted(value: string): string {
  const mount = parseMount(value);
  return 'code' in mount ? '' : mount.from;
}

/** `$NAME`, `${NAME}`, and `${NAME:-default}` and its like. */
const WHOLE = /^(["']?)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?-)(.*))?\})\1$/s;

interface Default {
  readonly value: string;
  readonly span: Span;
}

/** What FROM names. */
class Bases {
  /** The last default of each ARG before the first FROM. */
  private readonly defaults = new Map<string, Default>();
  private readonly seen = new Set<string>();
  private readonly globals: readonly Instruction[];

  constructor(
    private readonly file: Dockerfile,
    private readonly stages: readonly StageStart[],
    private readonly finds: Finds,
  ) {
    const first = file.instructions.findIndex(({ name }) => name === 'FROM');
    this.globals = file.instructions.slice(0, first).filter(({ name }) => name === 'ARG');
    for (const { args } of this.globals)
      for (const { text, span } of args.form === 'words' ? args.words : []) {
        const { name, value } = declaration(text);
        if (value !== undefined) this.defaults.set(name, { value, span });
      }
  }

  read({ from, base }: StageStart, index: number): void {
    if (base.expansion.value === 'scratch') return;
    const earlier = this.stages.slice(0, index);
    if (earlier.some(({ name }) => name === base.expansion.value.toLowerCase())) return;
    const word = from.args.form === 'words' ? from.args.words[0] : undefined;
    if (word) this.place(word.text, word.span, word.span, base);
  }

  /** Where the name stands that `written` comes to. `at`: what is told of a name that has no place. */
  private place(written: string, span: Span, at: Span, base: StageStart['base']): void {
    const { value } = base.expansion;
    if (!written.includes('$')) return this.finds.take(value, span);
    const [, , plain, braced, modifier, otherwise = ''] = WHOLE.exec(written) ?? [];
    const name = plain ?? braced;
    if (name === undefined) return this.inPart(written, at, base);
    const given = this.defaults.get(name);
    const isGiven = given && (modifier !== ':-' || given.value !== '');
    if (!isGiven && modifier !== undefined) return this.place(otherwise, span, at, base);
    if (!isGiven) return this.finds.leave(written, at, `ARG \`${name}\` has no default: whoever builds names the image`, false);
    const other = this.otherUse(name);
    if (other !== undefined) return this.finds.leave(value, at, other, true);
    // Each ARG once: one that names itself would lead in circles.
    if (!this.seen.has(`${at.start} ${name}`)) {
      this.seen.add(`${at.start} ${name}`);
      this.place(given.value, given.span, at, base);
    }
  }

  private inPart(written: string, at: Span, { expansion }: StageStart['base']): void {
    const literal = /@sha256:[0-9a-f]{64}["']?$/.test(written);
    const uses = [...written.matchAll(/\$(?:(\w+)|\{(\w+)(:?-)?)/g)];
    const names = [...new Set(uses.map(([, plain, braced]) => `\`${plain ?? braced}\``))].join(', ');
    const isWhole =
      expansion.problem === undefined &&
      uses.every(
        ([, plain = '', braced = plain, otherwise]) =>
          otherwise !== undefined || this.defaults.has(braced) || expansion.matched.has(braced),
      );
    if (literal) this.finds.leave(written, at, `its digest decides, whatever ${names} says: take one of the two out`, false);
    else if (!isWhole) this.finds.leave(written, at, `${names} has no default: whoever builds names the image`, false);
    else
      this.finds.leave(
        expansion.value,
        at,
        `${names} is a part of its name, and a digest would win over it: write \`ARG BASE=${expansion.value}\` and \`FROM \${BASE}\``,
        true,
      );
  }

  /** Why a digest in an ARG's default would get into something else than an image's name. */
  private otherUse(name: string): string | undefined {
    const uses = new RegExp(`\\$\\{?${name}\\b`);
    const texts = [
      ...this.stages.map(({ from }) => wordsOf(from.args)[0] ?? ''),
      ...this.globals.flatMap(({ args }) => wordsOf(args)).map((word) => declaration(word).value ?? ''),
    ];
    if (texts.some((text) => uses.test(text) && !WHOLE.test(text))) return `ARG \`${name}\` is also a part of another name`;
    const isRead = this.file.instructions.some(
      (each) => each.name === 'ARG' && !this.globals.includes(each) && wordsOf(each.args).some((word) => declaration(word).name === name),
    );
    return isRead ? `ARG \`${name}\` is also used inside a stage: add the digest by hand if that may see it` : undefined;
  }
}
