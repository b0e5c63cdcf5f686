/** Things to undo, last first. */
export interface Undo {
  add(step: () => unknown): void;
  /** Runs all steps, each whatever became of the others. */
  run(): Promise<void>;
}

export function undoList(): Undo {
  const steps: (() => unknown)[] = [];
  return {
    add: (step) => void steps.push(step),
    async run() {
      const failures: unknown[] = [];
      for (let step = steps.pop(); step; step = steps.pop()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
