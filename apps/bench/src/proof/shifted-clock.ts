const wanted = process.env['FIREDRILL_PROOF_CLOCK']
const RealDate = Date
const STEP_EVERY_MS = 3000
const STEP_MS = 60_000

/** Milliseconds by which the wall clock of this process is ahead just now. */
export function wallErrorMs(): number {
  if (wanted === undefined) return 0
  if (wanted !== 'step') return Number(wanted) * 1000
  return Math.floor(performance.now() / STEP_EVERY_MS) % 2 === 0 ? STEP_MS : -STEP_MS
}

/**
 * Moves this process's wall clock by the seconds that FIREDRILL_PROOF_CLOCK says; `step` lets it jump by a minute and back.
 * Timers and the monotonic clock stay as they are.
 */
export function shiftClock(): void {
  if (wanted === undefined) return
  const now = () => RealDate.now() + wallErrorMs()
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: readonly unknown[], asked) =>
      Reflect.construct(target, args.length === 0 ? [now()] : [...args], asked) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  })
}
