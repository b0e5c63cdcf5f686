/**
 * What long work says of itself while it runs. `task` is a short stable name (`debian packages`); a task begins
 * with its first event and ends with `done: true`. `current`/`total` are counted in `unit`.
 */
export interface ProgressEvent {
  readonly task: string;
  readonly detail?: string;
  readonly current?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'packages' | 'files' | 'layers';
  readonly done?: boolean;
}

export type Progress = (event: ProgressEvent) => void;

export const silent: Progress = () => {};
