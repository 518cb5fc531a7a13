/** Knows for how long this process was not scheduled lately. */
export type StallWatch = Readonly<{
  /** The longest stall that overlaps the time since `fromMs`, the one that is going on included. Real milliseconds. */
  longestSince(fromMs: number): number
  stop(): void
}>

/** Stalls are forgotten after this; no probe is in flight for longer. */
const KEEP_MS = 600_000

/**
 * A heartbeat: a timer that should fire every `beatMs`. When it fires late, the event loop was busy or the process was not
 * given a processor, and everything else in it was as late. That is the prober's own condition; a slow service does not
 * delay the beat.
 */
export function watchStalls(monotonicMs: () => number, beatMs: number): StallWatch {
  let last = monotonicMs()
  const stalls: { from: number; to: number; ms: number }[] = []
  const timer = setInterval(() => {
    const now = monotonicMs()
    const ms = now - last - beatMs
    // Less than a beat is the timer's own jitter.
    if (ms > beatMs) stalls.push({ from: last, to: now, ms })
    while (stalls[0] !== undefined && now - stalls[0].to > KEEP_MS) stalls.shift()
    last = now
  }, beatMs)
  timer.unref()
  return {
    longestSince: (fromMs) => {
      // A timeout fires before the beat of the same wake-up, so the stall that is only now ending has to be counted too.
      let longest = Math.max(0, monotonicMs() - last - beatMs)
      for (let index = stalls.length - 1; index >= 0; index--) {
        const stall = stalls[index]
        if (stall === undefined || stall.to <= fromMs) break
        longest = Math.max(longest, stall.ms)
      }
      return longest
    },
    stop: () => clearInterval(timer),
  }
}
