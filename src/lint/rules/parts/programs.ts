import { wordsOf } from '../../../dockerfile/index.ts';
import { isCall, operands, type Call } from '../../script/index.ts';
import { familyOf, type Base, type Family, type StageStep } from '../../stages/index.ts';

/** Programs that health checks like to call, and the packages that bring them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  curl: ['curl', 'curl-minimal'],
  wget: ['wget', 'wget2'],
  nc: ['netcat', 'netcat-openbsd', 'netcat-traditional', 'nmap-ncat', 'ncat', 'nc'],
};

/** What the plain image of a system has of these. BusyBox, and so Alpine, has wget and nc of its own. */
const HAS: Readonly<Partial<Record<Family, readonly string[]>>> = {
  debian: [],
  ubuntu: [],
  alpine: ['wget', 'nc'],
  busybox: ['wget', 'nc'],
  distroless: [],
  scratch: [],
};

/**
 * Whether a program is surely not there: the base is known not to have it, nothing installs it, and nothing that could
 * hold it is copied from elsewhere.
 */
export function lacks(base: Base, steps: readonly StageStep[], program: string): boolean {
  const packages = PACKAGES[program];
  const has = plainPrograms(base);
  if (packages === undefined || has === undefined || has.includes(program)) return false;
  return !steps.some((step) => mayBring(step, program, packages));
}

/** Only of images that hold a system and a language; what servers have beside that nobody remembers. */
function plainPrograms(base: Base): readonly string[] | undefined {
  const family = familyOf(base);
  const isLanguage = /^(?:python|node|golang|rust|ruby|openjdk|pypy)$/.test(base.name);
  if (isLanguage) {
    // The full images are built on buildpack-deps, with curl and wget.
    if (family === 'debian') return /slim/.test(base.tag ?? '') ? [] : ['curl', 'wget'];
    return family === 'alpine' ? HAS.alpine : undefined;
  }
  return /^(?:debian|ubuntu|alpine|busybox|scratch)$/.test(base.name) || family === 'distroless' ? HAS[family ?? 'scratch'] : undefined;
}

function mayBring({ instruction, script }: StageStep, program: string, packages: readonly string[]): boolean {
  if (instruction.name === 'COPY' || instruction.name === 'ADD') {
    const words = wordsOf(instruction.args);
    // A file of this name, or a whole folder of programs.
    return words.some((word) => word.includes(program) || /(?:^|\/)s?bin\/?$/.test(word) || word === '/');
  }
  if (instruction.name !== 'RUN') return false;
  return script.calls.some(
    (call) => installs(call, packages) || call.args.some(({ text }) => text.endsWith(`/bin/${program}`)) || isUnknown(call),
  );
}

const installs = (call: Call, packages: readonly string[]): boolean =>
  operands(call).some(({ text, expands }) => expands || packages.includes(text.split(/[=:@~<>]/, 1)[0] ?? ''));

/** A script of somebody else may install anything; so may an installer with a list that is made elsewhere. */
const isUnknown = (call: Call): boolean =>
  call.program === '' ||
  /\.sh$/.test(call.program) ||
  (call.program === 'xargs' && call.args.some(({ text }) => /^(?:apt|apk|yum|dnf)/.test(text))) ||
  isCall(call, 'make');
