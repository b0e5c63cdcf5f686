import { positionsIn } from '../base/index.ts';
import { readArguments, type Refusal } from './arguments.ts';
import { builderFlags } from './builder-flags.ts';
import { directiveReader } from './directives.ts';
import { heredocMarks, type HeredocMark } from './heredoc.ts';
import { LogicalLine } from './logical-line.ts';
import type { Arguments, Comment, Directive, Dockerfile, Flag, Heredoc, Instruction, Problem, Span } from './syntax.ts';
import { isBlank, skipSpace, skipSpaceBack, trimSpace } from './text.ts';

/** bufio.MaxScanTokenSize: BuildKit reads no line of this many bytes, its end left out (parser.go, `handleScannerError`). */
const MAX_LINE_BYTES = 65_536;

/** ONBUILD in ONBUILD: one is refused by a build already, this many are not even read. */
const MAX_DEPTH = 100;
const TOO_DEEP: Refusal = {
  code: 'bad-trigger',
  message: 'ONBUILD cannot hold ONBUILD',
  hint: 'write the instruction once, after one ONBUILD',
};

/**
 * Reads a Dockerfile. Nothing of the text is lost: every node has its span, and what lies between nodes is blanks and
 * line ends. What BuildKit v0.29.0 would refuse is in `problems`; reading goes on after it.
 */
export function parse(text: string): Dockerfile {
  return new Parser(text).run();
}

/** A line of the text. `end` is before its `\n`, `trimmed` before the `\r`s too. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly trimmed: number;
}

class Parser {
  private readonly nodes: (Comment | Directive | Instruction)[] = [];
  private readonly instructions: Instruction[] = [];
  private readonly directives: Directive[] = [];
  private readonly problems: Problem[] = [];
  private readonly readDirective = directiveReader();
  private escape: '\\' | '`' = '\\';
  private comments: string[] = [];
  /** Lines read, and the offset of the next. */
  private lineNumber = 0;
  private at = 0;

  constructor(private readonly text: string) {}

  run(): Dockerfile {
    // A byte order mark belongs to no node.
    if (this.text.startsWith('\uFEFF')) this.at = 1;
    // To BuildKit a mark alone is a line.
    if (this.text === '\uFEFF') this.lineNumber = 1;
    for (let line = this.nextLine(); line !== undefined; line = this.nextLine()) this.readLine(line);
    if (this.instructions.length === 0) {
      this.refuse(
        { code: 'no-instructions', message: 'the file holds no instruction', hint: 'begin with `FROM` and the name of a base image' },
        { start: 0, end: 0 },
        this.lineNumber,
        this.lineNumber,
      );
    }
    const { text, nodes, instructions, directives, escape, problems } = this;
    return { text, nodes, instructions, directives, escape, problems, rangeOf: rangesIn(text) };
  }

  private nextLine(): Line | undefined {
    const { text } = this;
    const start = this.at;
    if (start >= text.length) return undefined;
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    let trimmed = end;
    while (trimmed > start && text.charCodeAt(trimmed - 1) === 0x0d) trimmed -= 1;
    this.at = end + 1;
    this.lineNumber += 1;
    if ((end - start) * 3 >= MAX_LINE_BYTES) this.checkLength(start, end);
    return { start, end, trimmed };
  }

  private checkLength(start: number, end: number): void {
    const bytes = new TextEncoder().encode(this.text.slice(start, end)).length;
    if (bytes < MAX_LINE_BYTES) return;
    const lines = this.lineNumber - 1;
    this.refuse(
      {
        code: 'line-too-long',
        message: `the line has ${bytes} bytes; BuildKit reads at most ${MAX_LINE_BYTES - 1}`,
        hint: 'part it with continuations',
      },
      { start, end },
      lines,
      lines,
    );
  }

  private refuse(refusal: Refusal, span: Span, startLine: number, endLine: number): void {
    this.problems.push({ ...refusal, span, startLine, endLine });
  }

  private readLine(line: Line): void {
    const start = skipSpace(this.text, line.start, line.trimmed);
    if (start === line.trimmed) {
      this.readDirective(undefined);
    } else if (this.text.charCodeAt(start) === HASH) this.readComment(line, start);
    else {
      this.readDirective(undefined);
      this.readInstruction(line, start);
    }
  }

  private readComment(line: Line, start: number): void {
    const { text } = this;
    const span = { start, end: line.trimmed };
    const found = this.readDirective(text.slice(skipSpace(text, start + 1, line.trimmed), line.trimmed));
    if (found === undefined) {
      this.nodes.push({ kind: 'comment', text: trimSpace(text.slice(start + 1, line.trimmed)), span, line: this.lineNumber });
      // BuildKit takes away the line's first character, whatever it is: an indented comment keeps its `#`.
      const comment = trimSpace(text.slice(line.start + 1, line.trimmed));
      if (comment === '') this.comments = [];
      else this.comments.push(comment);
      return;
    }
    // BuildKit names the line before, and none for the first.
    const before = this.lineNumber - 1;
    if ('problem' in found) {
      const message = `\`# ${found.directive}=\` is there a second time`;
      this.refuse({ code: 'directive-twice', message, hint: 'keep one of the two' }, span, before, before);
      this.nodes.push({ kind: 'comment', text: trimSpace(text.slice(start + 1, line.trimmed)), span, line: this.lineNumber });
      return;
    }
    const directive: Directive = { kind: 'directive', name: found.directive, value: found.value, span, line: this.lineNumber };
    this.nodes.push(directive);
    this.directives.push(directive);
    if (directive.name !== 'escape') return;
    if (directive.value === '\\' || directive.value === '`') this.escape = directive.value;
    else {
      const message = `\`${directive.value}\` cannot be the escape character`;
      this.refuse({ code: 'bad-escape', message, hint: 'use a backslash or a backtick' }, span, before, before);
    }
  }

  /** Reads the instruction that begins on `line` at `start`, with its continuations and heredocs. */
  private readInstruction(first: Line, start: number): void {
    const startLine = this.lineNumber;
    const comments = this.comments;
    const logical = new LogicalLine();
    const emptyContinuations: number[] = [];
    let line = first;
    let cut = this.continuation(start, first.trimmed);
    logical.add(this.text, start, cut ?? first.trimmed);
    while (cut !== undefined) {
      const next = this.nextLine();
      if (next === undefined) break;
      const from = skipSpace(this.text, next.start, next.trimmed);
      if (from === next.trimmed) {
        emptyContinuations.push(this.lineNumber);
        continue;
      }
      if (this.text.charCodeAt(from) === HASH) {
        const span = { start: from, end: next.trimmed };
        this.nodes.push({ kind: 'comment', text: trimSpace(this.text.slice(from + 1, next.trimmed)), span, line: this.lineNumber });
        continue;
      }
      line = next;
      cut = this.continuation(next.start, next.trimmed);
      logical.add(this.text, next.start, cut ?? next.trimmed);
    }
    const problemsBefore = this.problems.length;
    const lastLine = this.lineNumber;
    const instruction = this.instructionOf(logical, 0, comments, startLine);
    const heredocs = this.problems.length === problemsBefore ? this.readHeredocs(instruction, { start, end: line.trimmed }, startLine) : [];
    const last = heredocs.at(-1);
    const end = last === undefined ? line.trimmed : last.terminatorSpan.end;
    for (let i = problemsBefore; i < this.problems.length; i += 1) {
      const problem = this.problems[i];
      if (problem !== undefined && problem.endLine === 0) this.problems[i] = { ...problem, endLine: lastLine };
    }
    const known = { heredocs, emptyContinuations, span: { start, end }, endLine: this.lineNumber, continuedTo: lastLine };
    this.push(Object.assign(instruction, known));
    this.comments = [];
  }

  /** Comments inside a continuation were met before the instruction was whole: it goes before them. */
  private push(instruction: Instruction): void {
    let at = this.nodes.length;
    while (at > 0 && (this.nodes[at - 1]?.span.start ?? 0) > instruction.span.start) at -= 1;
    this.nodes.splice(at, 0, instruction);
    this.instructions.push(instruction);
  }

  /**
   * Where the line's continuation character stands; undefined where the line has none: it is the last character but
   * blanks, and no second one is before it.
   */
  private continuation(start: number, end: number): number | undefined {
    let at = end - 1;
    while (at >= start && isTabOrSpace(this.text.charCodeAt(at))) at -= 1;
    if (at < start || this.text.charAt(at) !== this.escape) return undefined;
    return at > start && this.text.charAt(at - 1) === this.escape ? undefined : at;
  }

  /** The instruction that the line holds from `from` on. Problems found here get their last line from the caller. */
  private instructionOf(line: LogicalLine, from: number, comments: readonly string[], startLine: number, depth = 0): Instruction {
    const { text } = line;
    const start = skipSpace(text, from);
    const end = skipSpaceBack(text, start, text.length);
    let keywordEnd = start;
    while (keywordEnd < end && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd += 1;
    let argsStart = keywordEnd;
    while (argsStart < end && isBlank(text.charCodeAt(argsStart))) argsStart += 1;
    const read = argsStart < end ? builderFlags(text.slice(0, end), argsStart, this.escape) : { flags: [], end };
    const restStart = skipSpace(text, read.end, end);
    const spanOf = (at: number, until: number): Span => ({ start: line.sourceOf(at), end: line.endOf(until) });
    const keyword = text.slice(start, keywordEnd);
    const name = nameOf(keyword);
    const args = this.argumentsOf(name, line, restStart, end, startLine, depth);
    return {
      kind: 'instruction',
      keyword,
      name,
      flags: read.flags.map((flag) => flagOf(flag.text, spanOf(flag.start, flag.end))),
      args,
      heredocs: [],
      line: from === 0 ? text : text.slice(start, end),
      keywordSpan: spanOf(start, keywordEnd),
      span: spanOf(start, end),
      startLine,
      endLine: startLine,
      continuedTo: startLine,
      comments,
      emptyContinuations: [],
      sourceOf: from === 0 ? line.sourceOf : (offset) => line.sourceOf(start + offset),
    };
  }

  private argumentsOf(name: string, line: LogicalLine, start: number, end: number, startLine: number, depth: number): Arguments {
    if (name === 'ONBUILD' && depth < MAX_DEPTH) {
      return start === end ? { form: 'none' } : { form: 'trigger', instruction: this.instructionOf(line, start, [], startLine, depth + 1) };
    }
    const args = name === 'ONBUILD' ? TOO_DEEP : readArguments(name, { line, start, end, escape: this.escape });
    if (!('code' in args)) return args;
    this.refuse(args, { start: line.sourceOf(start), end: line.endOf(end) }, startLine, 0);
    return { form: 'none' };
  }

  private readHeredocs(instruction: Instruction, span: Span, startLine: number): Heredoc[] {
    if (!holdsHeredocs(instruction) || !instruction.line.includes('<<')) return [];
    const marks = heredocMarks(instruction.line);
    if ('problem' in marks) {
      const message = `the name of a heredoc cannot be read: ${marks.problem}`;
      this.refuse({ code: 'bad-heredoc', message, hint: 'write it as `<<EOF`' }, span, startLine, 0);
      return [];
    }
    const heredocs: Heredoc[] = [];
    for (const mark of marks) {
      const heredoc = this.readHeredoc(mark);
      if (heredoc.ended) heredocs.push(heredoc.heredoc);
      else {
        const message = `the heredoc \`${mark.name}\` has no end`;
        const hint = `write \`${mark.name}\` alone on the line after its last one`;
        this.refuse({ code: 'unterminated-heredoc', message, hint }, span, startLine, this.lineNumber);
        heredocs.push(heredoc.heredoc);
        break;
      }
    }
    return heredocs;
  }

  private readHeredoc(mark: HeredocMark): { heredoc: Heredoc; ended: boolean } {
    const start = this.at;
    const whole = (end: number, terminatorSpan: Span): Heredoc => ({
      ...mark,
      content: this.text.slice(start, end),
      contentSpan: { start, end },
      terminatorSpan,
    });
    for (let line = this.nextLine(); line !== undefined; line = this.nextLine()) {
      let from = line.start;
      if (mark.chomp) while (this.text.charCodeAt(from) === TAB) from += 1;
      if (this.text.slice(from, line.trimmed) !== mark.name) continue;
      return { heredoc: whole(line.start, { start: line.start, end: line.trimmed }), ended: true };
    }
    const { length } = this.text;
    return { heredoc: whole(length, { start: length, end: length }), ended: false };
  }
}

/** BuildKit looks keywords up in lower case; what is beyond ASCII there stays unknown. */
function nameOf(keyword: string): string {
  const lower = keyword.toLowerCase();
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(lower) ? lower.toUpperCase() : lower;
}

const HASH = 0x23;
const TAB = 0x09;
const isTabOrSpace = (code: number): boolean => code === 0x20 || code === TAB;

function flagOf(text: string, span: Span): Flag {
  const equals = text.indexOf('=');
  const name = text.slice(2, equals === -1 ? undefined : equals);
  return { text, name, value: equals === -1 ? undefined : text.slice(equals + 1), span };
}

/** ADD, COPY and RUN that are no JSON list, or one of them after ONBUILD. */
function holdsHeredocs({ name, args }: Instruction): boolean {
  if (args.form === 'trigger') return args.instruction.name !== 'ONBUILD' && holdsHeredocs(args.instruction);
  return (name === 'ADD' || name === 'COPY' || name === 'RUN') && args.form !== 'exec';
}

/** Line and column of spans in a text, from 1. */
export function rangesIn(text: string): Dockerfile['rangeOf'] {
  const positionOf = positionsIn(() => lineStarts(text));
  return ({ start, end }) => ({ start: positionOf(start), end: positionOf(end) });
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
