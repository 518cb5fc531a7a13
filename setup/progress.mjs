const QUIET_MS = 5_000

/**
 * Shows on standard error that a step is under way and how long it took. On a terminal one line is rewritten, elsewhere
 * a line is added now and then, so that a log stays short and is never silent for long.
 *
 * @param {string} title what is being done
 * @returns {{ update(detail: string): void, done(): void, failed(): void }}
 */
export function step(title) {
  const isTerminal = process.stderr.isTTY
  const startedAt = performance.now()
  let detail = ''
  let lastLine = startedAt
  const show = () => {
    const text = `  ${title} … ${elapsed(startedAt)}${detail === '' ? '' : `  ${detail}`}`
    if (isTerminal) {
      process.stderr.write(`\r\u001B[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
    } else if (performance.now() - lastLine >= QUIET_MS) {
      lastLine = performance.now()
      process.stderr.write(`${text}\n`)
    }
  }
  if (!isTerminal) process.stderr.write(`  ${title} …\n`)
  const timer = setInterval(show, isTerminal ? 100 : 1000)
  /** @param {string} mark */
  const end = (mark) => {
    clearInterval(timer)
    process.stderr.write(`${isTerminal ? '\r\u001B[2K' : ''}${mark} ${title} (${elapsed(startedAt)})\n`)
  }
  return {
    update: (next) => void (detail = next),
    done: () => end('✓'),
    failed: () => end('✗'),
  }
}

/** @param {number} since */
function elapsed(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
