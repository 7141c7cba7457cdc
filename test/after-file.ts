const tasks: (() => void)[] = [];

/**
 * Does something after the test file that runs now. Unlike `afterAll`, it may be called in a test or
 * a hook, and by modules, which stay loaded for the worker's next file.
 */
export function afterFile(task: () => void): void {
  tasks.push(task);
}

/** What was begun last ends first. */
export function finishFile(): void {
  for (const task of tasks.splice(0).reverse()) task();
}
