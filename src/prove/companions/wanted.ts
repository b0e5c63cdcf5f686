import type { Because, Fact } from '../../base/index.ts';
import type { ComposeService, Service } from '../../service/index.ts';
import type { Beside } from '../types.ts';
import { filledIn, loginOf, passwordOf, wordsOf, type FillIn } from './compose.ts';
import { KINDS, LOGIN, PORTS, type CompanionName, type Kind } from './kinds.ts';
import type { Login } from './postgres.ts';

/** What is to stand beside a service in its proof. */
export interface Wanted {
  readonly name: CompanionName;
  readonly port: number;
  /** Names by which the service looks for it, beside `localhost`. */
  readonly hosts: readonly string[];
  /** Of PostgreSQL; of Redis its password alone, where it has one. */
  readonly login: Login;
  readonly password?: string;
  /** Its scripts fill a new database, and were not run. */
  readonly filled?: true;
  readonly because: Because;
}

/** What the repository names and what does not stand beside the service. */
export interface LeftOut {
  /** `mongodb`; the compose file's name where its image is not known. */
  readonly name: string;
  readonly why: string;
  /** What to write or to install. */
  readonly remedy: string;
  readonly because: Because;
}

export interface Choice {
  readonly wanted: readonly Wanted[];
  readonly left: readonly LeftOut[];
}

/** What a person has said of the proof: what they settle themselves needs no companion. */
export interface Said {
  /** `prove.companions`. */
  readonly named?: readonly CompanionName[] | undefined;
  /** Variables with values from flags, files and plimsoll.yaml. */
  readonly variables: readonly string[];
  /** Ports of the service and of the stand-ins beside it. */
  readonly ports: readonly number[];
}

/** As the proof reports it. */
export const besideOf = ({ wanted, left }: Choice): readonly Beside[] => [
  ...wanted.map(({ name, hosts, filled, because }): Beside => ({
    name,
    stands: true,
    hosts,
    ...(filled ? { says: 'empty: the scripts of /docker-entrypoint-initdb.d are not run' } : {}),
    because,
  })),
  ...left.map((it): Beside => ({ ...it, stands: false })),
];

type Found =
  | { readonly kind: Kind; readonly compose: Fact<ComposeService>; readonly because: Because }
  | { readonly kind: Kind; readonly compose?: undefined; readonly because: Because };

/**
 * The companions of a service: those that plimsoll.yaml names, else those of the repository's compose file, and those that
 * the source imports a client of and cannot do without.
 */
export function companionsFor(service: Service, said: Said): Choice {
  const services = service.beside?.services ?? [];
  const composed = (kind: Kind): Fact<ComposeService> | undefined => services.find((it) => it.value.kind === kind);
  if (said.named)
    return {
      wanted: said.named.map((name) => {
        const compose = composed(KINDS[name]);
        const config = { from: 'config', name: 'prove.companions' } as const;
        return wantedOf(name, service, compose, [config, ...(compose?.because ?? [])]);
      }),
      left: [],
    };
  const wanted: Wanted[] = [];
  const left: LeftOut[] = unknownOf(services);
  for (const found of foundIn(service, said)) {
    const name = companionOf(found.kind);
    const one = name && wantedOf(name, service, found.compose, found.because);
    if (one === undefined) left.push(noProgram(found));
    else if (wanted.some((it) => it.name === one.name)) left.push(another(found, one.name));
    else if (said.ports.includes(one.port)) left.push(noPort(found, one));
    else wanted.push(one);
  }
  return { wanted, left };
}

function foundIn({ beside, companions }: Service, { variables }: Said): readonly Found[] {
  const composed = (beside?.services ?? []).flatMap((compose): Found[] =>
    compose.value.kind === undefined ? [] : [{ kind: compose.value.kind, compose, because: compose.because }],
  );
  const own = companions.filter(
    ({ value, confidence }) =>
      confidence === 'certain' &&
      !value.optional &&
      !composed.some((it) => it.kind === value.kind) &&
      !value.variables.some((it) => variables.includes(it)),
  );
  return [...composed, ...own.map(({ value, because }): Found => ({ kind: value.kind, because }))];
}

const companionOf = (kind: Kind): CompanionName | undefined => (Object.keys(KINDS) as CompanionName[]).find((name) => KINDS[name] === kind);

function wantedOf(name: CompanionName, service: Service, compose: Fact<ComposeService> | undefined, because: Because): Wanted {
  const it = compose?.value;
  const fill = filledIn(service);
  const password = name === 'redis' && it ? passwordOf(it, fill) : undefined;
  return {
    name,
    port: it ? portOf(name, it, fill) : PORTS[name],
    hosts: it?.hosts ?? [],
    login: name === 'postgres' && it ? loginOf(it, service, fill) : LOGIN,
    ...(password === undefined ? {} : { password }),
    ...(it?.filled ? { filled: true as const } : {}),
    because,
  };
}

/** As its image listens, unless its command or its environment says otherwise. */
function portOf(name: CompanionName, { image, command, environment }: ComposeService, fill: FillIn): number {
  const words = wordsOf(command, fill);
  const flag = words.findIndex((word) => word === '--port' || (name === 'postgres' && word === '-p'));
  const told = Number(flag >= 0 ? words[flag + 1] : environment['PGPORT']);
  if (Number.isInteger(told) && told > 0) return told;
  if (name !== 'moto') return PORTS[name];
  return image.includes('minio') ? 9000 : image.includes('moto') ? 5000 : PORTS.moto;
}

const nameOf = ({ kind, compose }: Found): string => compose?.value.name ?? kind;
const DOUBLE = 'let a script stand for it, `prove: {doubles: [{file: …, port: …}]}` in plimsoll.yaml';

const unknownOf = (services: readonly Fact<ComposeService>[]): LeftOut[] =>
  services.flatMap(({ value, because }) =>
    value.kind === undefined
      ? [{ name: value.name, why: `no program of this machine stands for \`${value.image}\``, remedy: DOUBLE, because }]
      : [],
  );

const noProgram = (found: Found): LeftOut => ({
  name: nameOf(found),
  why: `${found.kind} is none of those that can stand beside a service: redis, postgres, moto`,
  remedy: DOUBLE,
  because: found.because,
});

const another = (found: Found, name: CompanionName): LeftOut => ({
  name: nameOf(found),
  why: `one ${name} stands beside a service, not two`,
  remedy: DOUBLE,
  because: found.because,
});

const noPort = (found: Found, { port }: Wanted): LeftOut => ({
  name: nameOf(found),
  why: `port ${port} is taken in the service’s network`,
  remedy: 'let the service listen on another one (`port` in plimsoll.yaml), or take the stand-in away',
  because: found.because,
});
