import { isMap, isPair, isScalar, isSeq, parseDocument, type Node, type YAMLMap } from 'yaml';
import { likely, type Evidence, type Fact } from '../../base/index.ts';
import type { TextFile } from '../text.ts';
import type { Companion, ExampleValue, PortRead } from '../types.ts';
import type { SharedFacts } from './shared.ts';
import { besideOf } from './compose-beside.ts';
import { kindOf } from './compose-images.ts';
import { isForDevelopers, startWords, withoutPrefixes } from './start-words.ts';

/** What a compose file says about the service that it builds from this folder, and about those beside it. */
export function readCompose(file: TextFile): SharedFacts {
  const document = parseDocument(file.text, { uniqueKeys: false, merge: true });
  const [error] = document.errors;
  if (error)
    return {
      problems: [
        {
          at: file.place(error.pos[0]),
          what: `invalid YAML: ${error.message.split('\n')[0]}`,
          hint: 'mend the line; `docker compose config` reads the same file',
        },
      ],
    };
  const services = isMap(document.contents) ? document.contents.get('services', true) : undefined;
  if (!isMap(services)) return {};
  const maps = services.items.flatMap((pair) => (isMap(pair.value) ? [pair.value as YAMLMap] : []));
  const own = maps.find((m) => m.has('build'));
  const port = own && portOf(own, file);
  const start = own && startOf(own, file);
  const beside = own && besideOf(document, services, own, file);
  return {
    ...(port ? { port } : {}),
    ...(start ? { start } : {}),
    examples: own ? examplesOf(own, file) : [],
    ...(beside ? { beside } : {}),
    companions: maps.filter((m) => m !== own).flatMap((m) => companionOf(m, file)),
  };
}

/** `command`, as one text or as words, where it is not for a developer's machine. */
function startOf(service: YAMLMap, file: TextFile): Fact<readonly string[]> | undefined {
  const command = service.get('command', true);
  if (service.has('entrypoint')) return undefined;
  const words =
    isScalar(command) && typeof command.value === 'string'
      ? startWords(command.value.trim())
      : isSeq(command)
        ? withoutPrefixes(command.items.map((item) => (isScalar(item) ? String(item.value) : '')))
        : undefined;
  if (!words || words.length === 0 || isForDevelopers(words)) return undefined;
  return likely(
    words.map((word) => word.replaceAll('$$', '$')),
    evidence(command as Node, file),
  );
}

function evidence(node: Node, file: TextFile): Evidence {
  const [from, to] = node.range ?? [0, 0];
  return file.at({ from, to });
}

/** `8000:8000`, `127.0.0.1:80:8000`, `{ target: 8000 }`: the port inside the container. */
function portOf(service: YAMLMap, file: TextFile): Fact<PortRead> | undefined {
  const ports = service.get('ports', true);
  const first = isSeq(ports) ? (ports.items[0] as Node | undefined) : undefined;
  if (!first) return undefined;
  const written = isMap(first) ? first.get('target') : isScalar(first) ? first.value : undefined;
  const port = Number(String(written).split('/')[0]?.split(':').at(-1));
  return Number.isInteger(port) && port > 0 ? likely({ port }, evidence(first, file)) : undefined;
}

function examplesOf(service: YAMLMap, file: TextFile): readonly ExampleValue[] {
  const environment = service.get('environment', true);
  if (isSeq(environment))
    return environment.items.flatMap((item): ExampleValue[] => {
      const text = isScalar(item) ? String(item.value) : '';
      const equals = text.indexOf('=');
      return equals > 0 ? literal(text.slice(0, equals), text.slice(equals + 1), item as Node, file) : [];
    });
  if (!isMap(environment)) return [];
  return environment.items.flatMap((pair): ExampleValue[] =>
    isPair(pair) && isScalar(pair.key) && isScalar(pair.value) && pair.value.value !== null
      ? literal(String(pair.key.value), String(pair.value.value), pair.value, file)
      : [],
  );
}

/** `${X}` is for the person to fill; `${X:-y}` proposes y. */
function literal(name: string, written: string, node: Node, file: TextFile): ExampleValue[] {
  const value = /^\$\{\w+:?-([^}]*)\}$/.exec(written)?.[1] ?? written;
  return value.includes('$') ? [] : [{ name, value, at: evidence(node, file) }];
}

function companionOf(service: YAMLMap, file: TextFile): readonly Fact<Companion>[] {
  const image = service.get('image', true);
  if (!isScalar(image) || typeof image.value !== 'string') return [];
  const kind = kindOf(image.value);
  return kind ? [likely({ kind, variables: [], optional: false }, evidence(image, file))] : [];
}
