import type { Told } from '../advisories.ts';
import { ratedWord } from '../severity.ts';
import { keyOf, newestScore, type ToolReport } from './tool.ts';

/** Trivy's report, version 2, as far as it is read: its manual, "Reporting", "JSON". */
interface TrivyReport {
  readonly SchemaVersion?: number;
  readonly CreatedAt?: string;
  readonly Results?: readonly {
    readonly Packages?: readonly {
      readonly Name?: string;
      readonly Version?: string;
      readonly Release?: string;
      readonly Epoch?: number;
    }[];
    readonly Vulnerabilities?: readonly TrivyVulnerability[];
  }[];
}

interface TrivyVulnerability {
  readonly VulnerabilityID: string;
  readonly VendorIDs?: readonly string[];
  readonly PkgName: string;
  readonly InstalledVersion: string;
  readonly FixedVersion?: string;
  readonly Severity?: string;
  readonly Title?: string;
  readonly CVSS?: Readonly<Record<string, { readonly V2Score?: number; readonly V3Score?: number; readonly V40Score?: number }>>;
}

/** Undefined for what is no such report. */
export function readTrivy(text: string): ToolReport | undefined {
  const report = parsed(text);
  if (report?.SchemaVersion !== 2) return undefined;
  const [told, looked] = [new Map<string, Told[]>(), new Set<string>()];
  for (const { Packages = [], Vulnerabilities = [] } of report.Results ?? []) {
    for (const it of Packages) for (const version of versionsOf(it)) looked.add(keyOf(it.Name ?? '', version));
    for (const it of Vulnerabilities) {
      const key = keyOf(it.PkgName, it.InstalledVersion);
      told.set(key, [...(told.get(key) ?? []), toldOf(it)]);
    }
  }
  return { asOf: report.CreatedAt, told, looked };
}

/** Of a system's package it has the version in parts. */
function versionsOf({ Version = '', Release, Epoch }: { Version?: string; Release?: string; Epoch?: number }): readonly string[] {
  const whole = Release ? `${Version}-${Release}` : Version;
  return Epoch ? [whole, `${Epoch}:${whole}`] : [whole];
}

function toldOf(it: TrivyVulnerability): Told {
  const [fixed] = (it.FixedVersion ?? '').split(/,\s*/).filter(Boolean);
  const score = newestScore(
    Object.values(it.CVSS ?? {}).flatMap(({ V2Score, V3Score, V40Score }) => [
      [2, V2Score] as const,
      [3, V3Score] as const,
      [4, V40Score] as const,
    ]),
  );
  return {
    id: it.VulnerabilityID,
    aliases: it.VendorIDs ?? [],
    sources: ['trivy'],
    ...ratedWord(it.Severity),
    ...(score === undefined ? {} : { score }),
    ...(fixed === undefined ? {} : { fixed }),
    ...(it.Title === undefined ? {} : { summary: it.Title }),
  };
}

function parsed(text: string): TrivyReport | undefined {
  try {
    return (JSON.parse(text) as TrivyReport | null) ?? undefined;
  } catch {
    return undefined;
  }
}
