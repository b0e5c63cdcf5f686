import type { Told } from '../advisories.ts';
import { ratedWord } from '../severity.ts';
import { keyOf, newestScore, type ToolReport } from './tool.ts';

/** Grype's JSON as far as it is read: its README, "Output formats". */
interface GrypeReport {
  readonly matches?: readonly {
    readonly vulnerability: {
      readonly id: string;
      readonly severity?: string;
      readonly description?: string;
      readonly fix?: { readonly versions?: readonly string[] };
      readonly cvss?: readonly { readonly version?: string; readonly metrics?: { readonly baseScore?: number } }[];
    };
    readonly relatedVulnerabilities?: readonly { readonly id: string }[];
    readonly artifact: { readonly name: string; readonly version: string };
  }[];
  readonly descriptor?: {
    readonly name?: string;
    readonly db?: { readonly built?: string; readonly status?: { readonly built?: string } };
  };
}

/** Undefined for what is no such report. */
export function readGrype(text: string): ToolReport | undefined {
  const report = parsed(text);
  if (!Array.isArray(report?.matches) || report.descriptor?.name !== 'grype') return undefined;
  const told = new Map<string, Told[]>();
  for (const { vulnerability, relatedVulnerabilities: related = [], artifact } of (report as Required<GrypeReport>).matches) {
    const { id, severity, description, fix, cvss = [] } = vulnerability;
    const key = keyOf(artifact.name, artifact.version);
    const fixed = fix?.versions?.[0];
    const score = newestScore(cvss.map(({ version, metrics }) => [Number.parseInt(version ?? '', 10), metrics?.baseScore]));
    const one: Told = {
      id,
      aliases: related.map((it) => it.id),
      sources: ['grype'],
      ...ratedWord(severity),
      ...(score === undefined ? {} : { score }),
      ...(fixed === undefined ? {} : { fixed }),
      ...(description === undefined ? {} : { summary: description.split('\n', 1)[0] ?? '' }),
    };
    told.set(key, [...(told.get(key) ?? []), one]);
  }
  const { db } = report.descriptor ?? {};
  return { asOf: db?.built ?? db?.status?.built, told, looked: undefined };
}

function parsed(text: string): GrypeReport | undefined {
  try {
    return (JSON.parse(text) as GrypeReport | null) ?? undefined;
  } catch {
    return undefined;
  }
}
