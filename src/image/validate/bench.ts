import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import type { Descriptor } from '../types.ts';
import type { Measured } from './layer.ts';

/** Reads blobs for one validation; what was measured is not measured again, however often it is named. */
export interface Bench {
  blob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
  readonly measured: MeasuredLayers;
}

/** By `layerKey`. */
export type MeasuredLayers = Map<string, Promise<Measured>>;

/** Reads to the end, for what is checked on the way. */
export async function drain(values: AsyncIterable<unknown>): Promise<true> {
  for await (const _ of values);
  return true;
}

/** The result, or undefined when the image is at fault, with the reason reported. Bugs pass through. */
export async function attempt<T>(work: () => Promise<T>, report: (what: string) => unknown): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EnvironmentError) && !(error instanceof UserError) && errorCode(error) === undefined) throw error;
    report((error as Error).message);
    return undefined;
  }
}
