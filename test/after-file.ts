const tasks = new Set<() => void>();

/**
 * Does something once after the test file that runs now. Unlike `afterAll`, it may be called in a
 * test or a hook, and by modules, which stay loaded for the worker's next file.
 */
export function afterFile(task: () => void): void {
  tasks.add(task);
}

/** What was begun last ends first. */
export function finishFile(): void {
  const begun = [...tasks].reverse();
  tasks.clear();
  for (const task of begun) task();
}
